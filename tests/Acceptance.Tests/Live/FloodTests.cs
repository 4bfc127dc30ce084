using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A guest that makes its QEMU send thousands of events a second costs the record little and the other VMs nothing.</summary>
public sealed class FloodTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const int Quiet = 20;
    private const int PerSecond = 16_000;
    private const int Budget = 200;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    [PostgresFact]
    public async Task A_flood_is_recorded_within_its_budget_with_every_event_counted_and_delays_no_other_VM()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var wild = FakeQemu.OnSocket(site.Workspace["wild.sock"], "wild");
        var quiet = Enumerable.Range(0, Quiet).Select(i => FakeQemu.OnSocket(site.Workspace[$"q{i}.sock"], $"q{i}")).ToList();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await wild.ServedAsync();
        foreach (var qemu in quiet) await qemu.ServedAsync();
        await using var database = await site.OpenAsync();

        var flooding = wild.FloodAsync("BLOCK_IO_ERROR", PerSecond, Length, Disk("vda"), Disk("vdb"));
        foreach (var qemu in quiet)
        {
            await Task.Delay(Length / (Quiet + 5));
            (await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" })).ShouldNotBeNull();
        }

        var sent = await flooding;
        await wild.SendAsync("RESET");
        await site.UntilAsync(async () => (await database.EventsAsync("type = 'reset'")).Count == 1, "what came behind the flood is recorded");
        await site.UntilAsync(() => quiet.All(q => site.Pages.Delivered.Any(p => (string?)p.Key["vm"] == NameOf(q, quiet))), "every panic pages");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        var events = await database.EventsAsync("headers ->> 'qualm' = 'live'");
        var flood = events.Where(e => e.Type == "block_io_error").ToList();
        flood.Sum(Weight).ShouldBe(sent);
        flood.Where(e => e.Text("device") == "vda").Sum(Weight).ShouldBe((sent + 1) / 2);
        flood.Count.ShouldBeLessThanOrEqualTo((int)(Budget * (Length.TotalSeconds + 2)) + (3 * Budget), "the budget, what may come at once, and what alternated before it was a flood");
        flood.ShouldAllBe(e => At(e) - First(e) >= 0 && At(e) - First(e) <= 1_000_000);
        events.FindIndex(e => e.Type == "reset").ShouldBeGreaterThan(events.FindLastIndex(e => e.Type == "block_io_error"), "what one VM sends stays in order");
        foreach (var panic in events.Where(e => e.Type == "guest_panicked"))
        {
            flood.Count(e => e.Seq < panic.Seq && First(e) > At(panic)).ShouldBeLessThan(Budget, $"later events of the flood before {panic}");
        }

        var pages = site.Pages.Of("DiskErrors", "firing");
        pages.Count.ShouldBe(2, "one for each disk");
        (await site.QualmAsync("replay", "--json", "--rules", site.Rules)).ShouldExit(0).Json.Length.ShouldBe((await database.DecisionsAsync()).Count, "the record alone decides the same");
        foreach (var qemu in quiet) await qemu.DisposeAsync();
    }

    [QemuFact]
    public async Task Two_monitors_of_one_QEMU_record_what_it_sends_once_and_its_end_once()
    {
        const int Turns = 1500;
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var second = site.Workspace["second.qmp"];
        var qemu = await RealQemu.StartAsync(site.Workspace, "twice", "-machine", "none", "-nodefaults", "-qmp", $"unix:{second},server=on,wait=off");
        site.From($"qmp: {{ endpoint: {qemu.Socket} }}").From($"qmp: {{ endpoint: {second} }}");
        var service = await site.RunAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(() => service.Error.Lines.Any(l => l.Contains("stands by", StringComparison.Ordinal)), "the second monitor stands by");

        for (var i = 0; i < Turns; i++)
        {
            await qemu.Monitor.ExecuteAsync("stop");
            await qemu.Monitor.ExecuteAsync("cont");
        }

        async Task<int> SumAsync(string type) => (await database.EventsAsync($"stream_id = 'vm/twice' and type = '{type}'")).Sum(Weight);
        await site.UntilAsync(async () => await SumAsync("stop") >= Turns && await SumAsync("resume") >= Turns, "all is recorded");
        await qemu.DisposeAsync();
        await site.UntilAsync(async () => await SumAsync("monitor_lost") > 0, "its end is recorded");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        (await SumAsync("stop"), await SumAsync("resume"), await SumAsync("monitor_lost")).ShouldBe((Turns, Turns, 1));
    }

    private static string Disk(string device) => $$"""{"device": "{{device}}", "node-name": "{{device}}", "operation": "write", "action": "report", "nospace": false, "reason": "Input/output error"}""";

    private static string NameOf(FakeQemu qemu, List<FakeQemu> all) => $"q{all.IndexOf(qemu)}";

    private static int Weight(StoredEvent e) => (int?)e.Headers["weight"] ?? 1;

    private static long At(StoredEvent e) => (long)e.Headers["at"]!;

    private static long First(StoredEvent e) => (long?)e.Headers["first"] ?? At(e);
}
