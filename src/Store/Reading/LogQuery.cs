using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Which part of the log to read.</summary>
public readonly record struct LogQuery()
{
    /// <summary>Positions above this one.</summary>
    public Position After { get; init; } = Position.None;

    /// <summary>Positions up to and with this one; null reads to the end as it is when reading starts.</summary>
    public Position? UpTo { get; init; }

    public LogKinds Kinds { get; init; } = LogKinds.Own;

    /// <summary>Event time of the first events to be given; for foreign events the recorded time. Null gives them from the start.</summary>
    public Instant? Since { get; init; }

    /// <summary>Event time before which events are given. Null gives them to the end.</summary>
    public Instant? Until { get; init; }

    internal bool Wants(in LogRow row) =>
        ((int)Kinds & (1 << (int)row.Headers.Kind)) != 0
        && (row.Headers.Kind != RowKind.Foreign || row.Type != "tombstone")
        && (Since is not { } since || row.At >= since)
        && (Until is not { } until || row.At < until);
}
