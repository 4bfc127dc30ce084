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

    internal long Position => Math.Max(Fill.Length == 0 ? 0 : Fill[^1], Turn.RowPositions.Count == 0 ? 0 : Turn.RowPositions[^1]);

    /// <summary>Numbers drawn for the next turn in the same transaction.</summary>
    internal long[] Next { get; set; } = [];

    internal ReadOnlySpan<long> Used => CollectionsMarshal.AsSpan(Turn.RowPositions);
}
