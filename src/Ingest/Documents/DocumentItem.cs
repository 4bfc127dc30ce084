using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Documents;

/// <summary>
/// One item of a file, in place: what it spans belongs to the reader. Its bytes stay as they are until the reader is filled
/// again, its slots until the next item is read into them.
/// </summary>
public readonly ref struct DocumentItem
{
    public DocumentItemKind Kind { get; init; }

    /// <summary>The value or the garbage, byte for byte; garbage longer than 64 KiB is cut to that.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The event; for skipped messages only its kind is set.</summary>
    public DecodedEvent Decoded { get; init; }

    /// <summary>Line of the item's first byte, from 1; for garbage the line of the fault.</summary>
    public long Line { get; init; }

    /// <summary>Byte column of the item's first byte in its line, from 1; for garbage that of the fault.</summary>
    public long Column { get; init; }

    /// <summary>Offset of the item's first byte in the file.</summary>
    public long Start { get; init; }

    /// <summary>Offset behind the item's last byte: where reading is taken up again.</summary>
    public long End { get; init; }

    /// <summary>What is wrong and what to do, for people; null unless it is garbage.</summary>
    public string? Reason { get; init; }
}
