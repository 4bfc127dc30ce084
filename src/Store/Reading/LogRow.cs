using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>One event of the log. Its data is part of a <see cref="LogBatch"/>, and gone with it.</summary>
public readonly struct LogRow
{
    public required Position Position { get; init; }

    public required Guid Id { get; init; }

    public required string Stream { get; init; }

    /// <summary>Place in the stream, from 1.</summary>
    public required long Version { get; init; }

    public required string Type { get; init; }

    /// <summary>UTF-8 JSON as PostgreSQL writes it: spaces after colons and commas, members in its own order.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The stamp.</summary>
    public required Instant Recorded { get; init; }

    /// <summary>For foreign rows: kind <see cref="RowKind.Foreign"/>, the rest empty.</summary>
    public required EventHeaders Headers { get; init; }

    /// <summary>Event time; for foreign rows the recorded time.</summary>
    public Instant At => Headers.Kind == RowKind.Foreign ? Recorded : Headers.At;
}
