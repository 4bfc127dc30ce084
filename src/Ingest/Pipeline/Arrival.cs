using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>What leaves a source's queue: an item, or the last of several equal events.</summary>
/// <param name="ReceivedAt">When it was received, the last of them if several, in microseconds of the monotonic clock.</param>
/// <param name="Run">The events that it stands for; null when it stands for itself alone.</param>
internal readonly record struct Arrival(SourceItem Item, long ReceivedAt, Run? Run = null)
{
    public long Weight => Run?.Weight ?? 1;

    /// <summary>Event time of the first of them; null when there is one only, or QEMU gave no time.</summary>
    public Instant? First => Run?.First;

    /// <summary>From the receipt of the first to that of the last.</summary>
    public TimeSpan Span => Run is null ? default : TimeSpan.FromMicroseconds(Run.LastAt - Run.FirstAt);
}
