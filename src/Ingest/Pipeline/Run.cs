using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Equal events of one connection that are becoming one.</summary>
/// <param name="now">When the first was received, in microseconds of the monotonic clock.</param>
internal sealed class Run(SourceItem.Event first, int hash, long now)
{
    /// <summary>The one that QEMU's time puts last, which stands for all.</summary>
    public SourceItem.Event Last { get; private set; } = first;

    public long Weight { get; private set; } = 1;

    /// <summary>The earliest of QEMU's times; null when it gives none.</summary>
    public Instant? First { get; private set; } = first.Received.Event.EventTime;

    public long FirstAt { get; } = now;

    public long LastAt { get; private set; } = now;

    /// <summary>Whether the event is the same but for its time.</summary>
    public bool Has(SourceItem.Event e, int itsHash) => itsHash == hash && Content.AreEqual(Last.Received, e.Received);

    /// <summary>Whether all would be within <paramref name="longest"/> of each other with this one, which <see cref="Has"/> is true of.</summary>
    /// <param name="at">When it was received.</param>
    /// <param name="longest">In microseconds.</param>
    public bool Admits(SourceItem.Event e, long at, long longest)
    {
        if (at - FirstAt > longest) return false;
        if (First is not { } first || e.Received.Event.EventTime is not { } time) return First is null && e.Received.Event.EventTime is null;
        return time.Micros - first.Micros <= longest && Last.Received.Event.EventTime!.Value.Micros - time.Micros <= longest;
    }

    // QEMU's threads stamp their events before they queue them, so that neighbours may be a little out of order.
    public void Join(SourceItem.Event e, long at)
    {
        LastAt = at;
        Weight++;
        if (e.Received.Event.EventTime is { } time && time < First) First = time;
        if (e.Received.Event.EventTime is null || e.Received.Event.EventTime >= Last.Received.Event.EventTime) Last = e;
    }

    public Arrival Close() => new(Last, LastAt, Weight == 1 ? null : this);
}
