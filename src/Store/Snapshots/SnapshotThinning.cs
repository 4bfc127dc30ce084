using Qualm.Model;

namespace Qualm.Store.Snapshots;

/// <summary>
/// Which snapshots are kept: the newest two, for restarts, and of the older ones about one for every doubling of age, so that a reload
/// finds one from before whatever stretch of the past its rules are warmed with.
/// </summary>
public static class SnapshotThinning
{
    /// <summary>No snapshot but the newest two is kept for longer, by the log's clock. A reload that looks back further reads from the beginning.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(35);

    /// <param name="newestFirst">Of all that there are.</param>
    /// <returns>Turns of those to delete.</returns>
    public static IReadOnlyList<long> Drop(IReadOnlyList<(long Turn, Instant Clock)> newestFirst)
    {
        var drop = new List<long>();
        if (newestFirst.Count <= 2) return drop;
        var now = newestFirst[0].Clock;
        var kept = now - newestFirst[1].Clock;
        for (var i = 2; i < newestFirst.Count; i++)
        {
            var age = now - newestFirst[i].Clock;

            // Without this one, the age from one that is kept to the next must still at most double.
            var bridged = i + 1 < newestFirst.Count && now - newestFirst[i + 1].Clock <= kept * 2;
            if (bridged || age > Longest) drop.Add(newestFirst[i].Turn);
            else kept = age;
        }

        return drop;
    }
}
