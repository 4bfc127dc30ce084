using System.Collections.Immutable;
using System.Globalization;

namespace Qualm.Engine.Serving;

/// <summary>
/// How the service is: told by those who do its work, asked by systemd's watchdog and over HTTP. The turn loop beats with
/// every window, ticks included, so that one that is stuck is told from one that has nothing to do. Thread-safe; a beat
/// costs next to nothing.
/// </summary>
internal sealed class ServiceHealth(TimeProvider time)
{
    /// <summary>How long a loop may be silent, unless who asks knows better.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long the loop may wait for the store without a beat: a commit may stall, and a restart would not help it.</summary>
    public static readonly TimeSpan StorePatience = TimeSpan.FromMinutes(10);

    /// <summary>How long a part of the log may take to be read while the service starts.</summary>
    public static readonly TimeSpan DerivingPatience = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private volatile TaskCompletionSource _changed = Change();
    private ServicePhase _phase = ServicePhase.Starting;
    private long _beat = time.GetTimestamp();
    private long _derived;
    private long _toDerive;
    private int _waits;
    private DateTimeOffset? _awaySince;
    private string _awayWhy = "";
    private string _note = "";
    private int _reloads;

    /// <summary>Completes with the next change that somebody may want to know of. Beats and the progress of a derivation are none.</summary>
    public Task Changed => _changed.Task;

    /// <summary>How long the store has been away; zero while it is there.</summary>
    public TimeSpan Away
    {
        get
        {
            lock (_gate) return _awaySince is { } since ? Max(TimeSpan.Zero, time.GetUtcNow() - since) : TimeSpan.Zero;
        }
    }

    /// <summary>The loop has moved. From any thread.</summary>
    public void Beat() => Volatile.Write(ref _beat, time.GetTimestamp());

    /// <summary>Waits for another engine to give the store up. May be told again and again.</summary>
    /// <param name="note">For people: for whom.</param>
    public void Standby(string note) => Enter(ServicePhase.Standby, note);

    /// <summary>Reads the log.</summary>
    /// <param name="done">Positions behind it.</param>
    /// <param name="of">Positions there are.</param>
    public void Deriving(long done, long of)
    {
        Beat();
        Volatile.Write(ref _derived, done);
        Volatile.Write(ref _toDerive, of);
        // Behind a failed turn the log is read as well, and the service is as ready as before.
        if (_phase is ServicePhase.Starting or ServicePhase.Standby) Enter(ServicePhase.Deriving, "");
    }

    /// <summary>Takes in what its sources send.</summary>
    /// <param name="note">For people: what it serves.</param>
    public void Ready(string note) => Enter(ServicePhase.Ready, note);

    public void Draining() => Enter(ServicePhase.Draining, "");

    /// <summary>The loop begins to wait for the store.</summary>
    public void Waits()
    {
        Beat();
        Interlocked.Increment(ref _waits);
    }

    /// <summary>The loop waits no longer.</summary>
    public void GoesOn()
    {
        Interlocked.Decrement(ref _waits);
        Beat();
    }

    /// <summary>The store is away, or away still; the first time of a row counts.</summary>
    public void StoreAway(string why)
    {
        Beat();
        lock (_gate)
        {
            _awayWhy = why;
            if (_awaySince is not null) return;
            _awaySince = time.GetUtcNow();
        }

        Tell();
    }

    public void StoreBack()
    {
        Beat();
        lock (_gate)
        {
            if (_awaySince is null) return;
            _awaySince = null;
        }

        Tell();
    }

    /// <summary>Somebody has asked for a reload. It is over when the result is disposed.</summary>
    public IDisposable Reloading()
    {
        Interlocked.Increment(ref _reloads);
        Tell();
        return new Reload(this);
    }

    /// <param name="patience">How long the loop may be silent; null for <see cref="Patience"/>.</param>
    public HealthReport Look(TimeSpan? patience = null)
    {
        lock (_gate)
        {
            var stuck = Stuck(patience ?? Patience);
            var reasons = NotReady(stuck);
            return new HealthReport(_phase, stuck, reasons, reasons.IsEmpty ? _note : string.Join("; ", reasons), Volatile.Read(ref _reloads) > 0);
        }
    }

    private void Enter(ServicePhase phase, string note)
    {
        Beat();
        lock (_gate)
        {
            // A drain is never taken back, whoever else is still at work.
            if ((_phase == phase && _note == note) || _phase == ServicePhase.Draining) return;
            (_phase, _note) = (phase, note);
        }

        Tell();
    }

    // As it starts, waits or drains, others see to it that it comes to an end.
    private string? Stuck(TimeSpan patience)
    {
        var silent = time.GetElapsedTime(Volatile.Read(ref _beat));
        if (_phase == ServicePhase.Deriving) return silent <= DerivingPatience ? null : string.Create(CultureInfo.InvariantCulture, $"the log has not been read on for {silent.TotalSeconds:F0} s");
        if (_phase != ServicePhase.Ready) return null;
        var limit = Volatile.Read(ref _waits) > 0 || _awaySince is not null ? Max(StorePatience, patience) : patience;
        return silent <= limit ? null : string.Create(CultureInfo.InvariantCulture, $"the turn loop has not moved for {silent.TotalSeconds:F0} s");
    }

    private ImmutableArray<string> NotReady(string? stuck)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (_phase == ServicePhase.Starting) reasons.Add("starting");
        if (_phase == ServicePhase.Standby) reasons.Add(_note.Length == 0 ? "standby" : $"standby: {_note}");
        if (_phase == ServicePhase.Deriving) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"deriving {Volatile.Read(ref _derived)} of {Volatile.Read(ref _toDerive)}"));
        if (_phase == ServicePhase.Draining) reasons.Add("draining");
        if (_awaySince is { } since) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"store away since {since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}: {_awayWhy}"));
        if (stuck is not null) reasons.Add(stuck);
        return reasons.DrainToImmutable();
    }

    private void Tell() => Interlocked.Exchange(ref _changed!, Change()).TrySetResult();

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TaskCompletionSource Change() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Reload(ServiceHealth health) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) != 0) return;
            Interlocked.Decrement(ref health._reloads);
            health.Tell();
        }
    }
}
