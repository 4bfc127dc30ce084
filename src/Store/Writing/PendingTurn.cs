using System.Runtime.InteropServices;

namespace Qualm.Store.Writing;

/// <summary>A turn on its way into the database.</summary>
/// <param name="number">Its place among all turns.</param>
/// <param name="generation">Counts failures: a turn queued before one failed must fail too.</param>
/// <param name="fill">Numbers drawn for it that it does not use.</param>
internal sealed class PendingTurn(Turn turn, long number, int generation, long[] fill)
{
    internal Turn Turn => turn;

    internal long Number => number;

    internal int Generation => generation;

    internal long[] Fill => fill;

    internal long Position => Math.Max(Math.Max(Reached, Fill.Length == 0 ? 0 : Fill[^1]), Turn.RowPositions.Count == 0 ? 0 : Turn.RowPositions[^1]);

    /// <summary>Numbers drawn for the next turn in the same transaction.</summary>
    internal long[] Next { get; set; } = [];

    /// <summary>Made ahead of its time; null when it was not.</summary>
    internal OneRowDraft? Draft { get; set; }

    /// <summary>The stored position, when that told that the turn was written; else 0.</summary>
    internal long Reached { get; set; }

    /// <summary>Whether it is events as they came and messages, and nothing else: what one call of one function can write.</summary>
    internal bool IsPlain =>
        Fill.Length == 0 && Turn.Garbage.Count == 0 && Turn.Sources.Count == 0 && Turn.Known.Count == 0 && Turn.Inbox.Count == 0 && Turn.Rows.TrueForAll(row => row.Raw.IsEmpty);

    /// <summary>The positions of those of its rows that had none.</summary>
    internal void Give(long[] positions) => Turn.RowPositions.AddRange(positions);

    internal ReadOnlySpan<long> Used => CollectionsMarshal.AsSpan(Turn.RowPositions);
}
