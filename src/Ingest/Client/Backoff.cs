namespace Qualm.Ingest.Client;

/// <summary>Pauses between attempts: exponential, with full jitter, so that a thousand monitors of one host do not come back as one.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Jitter jitter)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _bound = first;

    public void Reset() => _bound = _first;

    public TimeSpan Next()
    {
        var bound = _bound;
        _bound = TimeSpan.FromTicks(Math.Min(bound.Ticks * 2, longest.Ticks));
        return jitter.UpTo(bound);
    }
}
