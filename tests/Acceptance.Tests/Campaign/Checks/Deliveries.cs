using Qualm.Acceptance.Tests.Campaign.Traffic;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>What was sent is on record: once, in order, and completely, but for what was under way when a monitor was lost.</summary>
internal static class Deliveries
{
    private const string Lost = "monitor_lost";
    private const string Connected = "monitor_connected";
    private const int Late = 4;

    public static void ShouldBeRecorded(IReadOnlyList<StoredEvent> events, Fleet fleet)
    {
        var recorded = events.Where(e => e.Sent is not null).ToLookup(e => (e.Stream, e.Sent!.Value.Connection));
        foreach (var machine in fleet.Machines)
        {
            foreach (var connection in machine.Fake.Sent.GroupBy(s => s.Connection))
            {
                var (name, rows) = ($"{machine.Vm} connection {connection.Key}", recorded[($"vm/{machine.Vm}", connection.Key)].ToList());
                rows.Where((e, i) => e.Sent!.Value.Serial != i + 1).Take(3).ShouldBeEmpty($"{name}: events are missing, double or out of order");
                rows.Count.ShouldBeLessThanOrEqualTo(connection.Count(), $"{name}: more is recorded than was sent");
                rows.Count.ShouldBeGreaterThanOrEqualTo(machine.Least.GetValueOrDefault(connection.Key), $"{name}: events sent long before a kill are missing");
                if (rows.Count < connection.Count()) ShouldBeLost(events, machine, connection.Key, rows, connection.Count());
            }
        }

        var sent = fleet.Machines.SelectMany(m => m.Fake.Sent).Select(s => ($"vm/{s.Vm}", s.Connection)).ToHashSet();
        var tail = ($"vm/{TailFile.Vm}", 0);
        recorded.Select(g => g.Key).Where(k => k != tail && !sent.Contains(k)).ShouldBeEmpty("events that nobody sent");
        recorded[tail].Select(e => e.Sent!.Value.Serial).ShouldBe(Enumerable.Range(1, fleet.Tail?.Written ?? 0), "lines of the file");
    }

    // What an engine that was deposed left may be of a monitor that was never on record.
    private static bool WasBegun(IReadOnlyList<StoredEvent> events, Machine machine, List<StoredEvent> rows)
    {
        if (rows.Exists(e => ((int?)e.Headers["marks"] & Late) != Late)) return true;
        var epochs = rows.Select(e => (long?)e.Headers["epoch"]).ToHashSet();
        return events.Any(e => e.Stream == $"vm/{machine.Vm}" && e.Type == Connected && epochs.Contains((long?)e.Headers["epoch"]));
    }

    // The record must say that there is something it does not have.
    private static void ShouldBeLost(IReadOnlyList<StoredEvent> events, Machine machine, int connection, List<StoredEvent> rows, int sent)
    {
        var name = $"{machine.Vm} connection {connection}: {rows.Count} of {sent} events are recorded";

        // Late ones, out of the spool of an engine that was deposed, are recorded behind the loss.
        var after = rows.LastOrDefault(e => ((int?)e.Headers["marks"] & Late) != Late)?.Seq ?? 0;
        var stream = events.Where(e => e.Stream == $"vm/{machine.Vm}" && e.Seq > after).ToList();
        var next = stream.FindIndex(e => e.Sent is { } other && other.Connection > connection);
        var between = next < 0 ? stream : stream[..next];
        if (WasBegun(events, machine, rows)) between.ShouldContain(e => e.Type == Lost, $"{name}, and the record does not say that the monitor was lost");
        (machine.Cut.Contains(connection) || between.Any(e => e.Type == Lost && e.Text("reason") != "the engine stopped"))
            .ShouldBeTrue($"{name}, and neither was the engine stopped nor did it give up the monitor");
    }
}
