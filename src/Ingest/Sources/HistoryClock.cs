using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>
/// The clock of one file of foreign history: the highest event time read. Feed it every event in order. Mutable;
/// keep it in a field or a local that is not copied.
/// </summary>
public struct HistoryClock
{
    /// <summary>A step forward beyond this needs the next event to confirm it.</summary>
    public const long LongestStep = 24 * 3600 * Instant.Second;

    private Instant _last;
    private Instant _highest;
    private bool _started;

    /// <param name="start">Event time of the first event that has one; null when none has: 1970 then.</param>
    public HistoryClock(Instant? start)
    {
        _last = start ?? Instant.Epoch;
        _highest = _last;
        _started = start is not null;
    }

    /// <summary>What something without a time of its own would get now.</summary>
    public readonly HistoryTime Now => new(_last, _highest, true);

    /// <summary>
    /// Whether the time of the event to be fed next cannot be judged without knowing the time of the one behind it.
    /// Rare, so that a reader need not look ahead otherwise.
    /// </summary>
    public readonly bool NeedsNext(Instant? time) => _started && time is { } at && IsStep(at);

    /// <summary>Feeds the next event.</summary>
    /// <param name="time">Its own time, null for none.</param>
    /// <param name="next">
    /// The own time of the event behind it, null for none or no such event; looked at only if <see cref="NeedsNext"/>.
    /// </param>
    public HistoryTime Read(Instant? time, Instant? next = null)
    {
        if (time is not { } at || (NeedsNext(time) && !(next is { } later && IsStep(later)))) return Now;
        _last = at;
        _highest = _started ? Instant.Max(_highest, at) : at;
        _started = true;
        return new(at, _highest, false);
    }

    private readonly bool IsStep(Instant time) => Subtract(time, _highest) > LongestStep;

    // Times come from files: any two 64-bit numbers.
    private static long Subtract(Instant a, Instant b) => a.Micros > 0 && b.Micros < a.Micros - long.MaxValue ? long.MaxValue : a.Micros - b.Micros;
}
