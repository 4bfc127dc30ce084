using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>What a source yields, in the order it was received.</summary>
public abstract record SourceItem
{
    private SourceItem() { }

    public sealed record Event(ReceivedEvent Received) : SourceItem
    {
        /// <summary>Whether it may become one with equal ones in a flood: what QEMU sends over a connection, never what stands in a file.</summary>
        public bool Foldable { get; init; }
    }

    /// <summary>Bytes that are no event; the source goes on behind them.</summary>
    public sealed record Garbage(Quarantined Item) : SourceItem;
}
