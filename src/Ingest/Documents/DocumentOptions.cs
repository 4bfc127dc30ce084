using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Documents;

/// <summary>How a file of events is read.</summary>
public sealed record DocumentOptions
{
    /// <summary>Longest JSON value accepted, in bytes; longer ones are quarantined. 10 MiB by default.</summary>
    public int MaxValueBytes { get; init; } = JsonFramer.DefaultMaxBytes;

    /// <summary>
    /// Whether the end of the stream may be passing: what is unfinished there is held back, and reading goes on when there is more.
    /// A file that grows is never taken for a document of prose.
    /// </summary>
    public bool Follows { get; init; }

    /// <summary>Offset in the file of the stream's first byte, for files taken up again behind an item.</summary>
    public long StartOffset { get; init; }

    /// <summary>Line of the file that the stream's first byte lies in, from 1.</summary>
    public long StartLine { get; init; } = 1;
}
