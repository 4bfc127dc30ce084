namespace Qualm.Ingest.Client;

/// <summary>Looks at the guards of all connected monitors once a period: one timer, however many there are. Thread-safe.</summary>
internal sealed class StallWatch(QmpClientOptions options, TimeProvider time, IngestMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly HashSet<StallGuard> _guards = [];
    private ITimer? _timer;

    /// <summary>By the monotonic clock, for <see cref="Since"/>.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>A guard that is looked at until it is disposed.</summary>
    /// <param name="stalled">Told why, for people.</param>
    public StallGuard Guard(Action<string> stalled)
    {
        var guard = new StallGuard(this, stalled);
        lock (_gate)
        {
            _guards.Add(guard);
            _timer ??= time.CreateTimer(_ => Look(), null, options.StallLimit, options.StallLimit);
        }

        return guard;
    }

    public TimeSpan Since(long began) => time.GetElapsedTime(began);

    public void Count() => metrics.Stalled();

    public void Remove(StallGuard guard)
    {
        lock (_gate)
        {
            _guards.Remove(guard);
            if (_guards.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    // Not under the lock: a connection that is closed takes its guard away.
    private void Look()
    {
        StallGuard[] guards;
        lock (_gate) guards = [.. _guards];
        foreach (var guard in guards) guard.Look(options.StallLimit, options.BehindLimit);
    }
}
