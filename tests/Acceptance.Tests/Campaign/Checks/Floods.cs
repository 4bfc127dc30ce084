using Qualm.Acceptance.Tests.Campaign.Traffic;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>What a flood sent is on record, by itself or within a weight, in its place, and nothing besides.</summary>
internal static class Floods
{
    private const long Longest = 1_000_000;

    /// <returns>How many events the floods had, and in how many rows they are.</returns>
    public static (long Events, int Rows) ShouldAddUp(IReadOnlyList<StoredEvent> events, Fleet fleet)
    {
        var rows = events.Where(e => e.Data["x-flood"] is not null).ToLookup(e => (e.Stream, (int)e.Data["x-connection"]!, (int)e.Data["x-flood"]!));
        var known = new HashSet<(string, int, int)>();
        foreach (var machine in fleet.Machines)
        {
            var single = events.Where(e => e.Stream == $"vm/{machine.Vm}" && e.Sent is not null).ToLookup(e => e.Sent!.Value.Connection);
            foreach (var flood in machine.Floods)
            {
                var key = ($"vm/{machine.Vm}", flood.Connection, flood.Number);
                known.Add(key);
                ShouldAddUp($"{machine.Vm} connection {flood.Connection} flood {flood.Number}", flood, [.. rows[key]], [.. single[flood.Connection]]);
            }
        }

        rows.Select(r => r.Key).Except(known).ShouldBeEmpty("floods that nobody sent");
        return (rows.SelectMany(r => r).Sum(Weight), rows.Sum(r => r.Count()));
    }

    private static void ShouldAddUp(string name, Flood flood, IReadOnlyList<StoredEvent> rows, IReadOnlyList<StoredEvent> single)
    {
        var sum = rows.Sum(Weight);
        sum.ShouldBeLessThanOrEqualTo(flood.Sent, $"{name}: more is recorded than was sent");
        rows.Where(e => At(e) - First(e) is < 0 or > Longest).Take(1).ShouldBeEmpty($"{name}: folded over too long a time");
        if (rows.Count > 0) single.ShouldContain(e => e.Sent!.Value.Serial == flood.After && e.Seq < rows[0].Seq, $"{name}: it is before what was sent before it");
        if (single.FirstOrDefault(e => e.Sent!.Value.Serial > flood.After) is not { } next) return;

        // What came behind is there: so must it be, all of it, and before.
        sum.ShouldBe(flood.Sent, $"{name}: the weights of {rows.Count} rows do not add up");
        if (rows.Count > 0) rows[^1].Seq.ShouldBeLessThan(next.Seq, $"{name}: it is behind what was sent behind it");
    }

    private static long Weight(StoredEvent e) => (long?)e.Headers["weight"] ?? 1;

    private static long At(StoredEvent e) => (long)e.Headers["at"]!;

    private static long First(StoredEvent e) => (long?)e.Headers["first"] ?? At(e);
}
