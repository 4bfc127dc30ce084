using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>While the database is away, ingest goes on, and nothing is lost, doubled or decided otherwise.</summary>
public sealed class SpoolTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const string Kinds = "data ? 'x-serial'";

    [PostgresFact]
    public async Task A_database_that_is_away_costs_nothing_and_people_are_told()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var one = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        await using var two = FakeQemu.OnSocket(site.Workspace["vm-2.sock"], "vm-2");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await one.ServedAsync();
        await two.ServedAsync();
        await using var database = await site.OpenAsync();
        await SendAsync(one, 5);
        await postgres.StopAsync("immediate");
        try
        {
            for (var i = 0; i < 40; i++)
            {
                await SendAsync(one, 25);
                await SendAsync(two, 25);
            }

            await one.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await site.UntilAsync(() => site.Pages.Of("StoreAway", "firing").Count > 0, "people are told that the store is away");
            site.Pages.Of("Panicked", "firing").ShouldBeEmpty("nothing is told that is not committed");
        }
        finally
        {
            await postgres.StartAsync();
        }

        await SendAsync(two, 5);
        await site.UntilAsync(() => site.Pages.Of("Panicked", "firing").Count > 0, "the panic pages");
        await site.UntilAsync(() => site.Pages.Of("StoreAway", "resolved").Count > 0, "people are told that the store is back");
        site.Pages.Received.Where(p => p.Alert == "StoreAway").Select(p => p.DedupKey).Distinct().ShouldHaveSingleItem();
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds}") == 2011, "all is recorded");
        (one.Connections, two.Connections).ShouldBe((1, 1), "no monitor was lost");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        Directory.EnumerateFiles(site.Data, "*.spool", SearchOption.AllDirectories).ShouldBeEmpty();
        await ShouldBeAsItWasSentAsync(site, database, one, two);
    }

    [PostgresFact]
    public async Task A_service_killed_while_it_spools_goes_on_where_it_was()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await SendAsync(qemu, 3);
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds}") == 3, "the first are recorded");
        await postgres.StopAsync("fast");
        try
        {
            await SendAsync(qemu, 500);
            await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await SpooledAsync(site, "\"x-serial\":504");
            await service.KillAsync();

            // Power was lost in the middle of a write that nobody was told of.
            var segment = Segments(site)[^1];
            await File.AppendAllBytesAsync(segment, "QSPL\u00ff\u00ff and a torn rest"u8.ToArray());
            service = site.Start();
            await service.SaysAsync("cannot be reached");
        }
        finally
        {
            await postgres.StartAsync();
        }

        await service.SaysAsync("is ready");
        service.Has("cut off at byte").ShouldBeTrue(service.Said);
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await SendAsync(qemu, 2);
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds}") == 506, "all is recorded");
        await site.UntilAsync(() => site.Pages.Of("Panicked", "firing").Count > 0, "the panic pages");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        Segments(site).ShouldBeEmpty();
        await ShouldBeAsItWasSentAsync(site, database, qemu);
    }

    [PostgresFact]
    public async Task A_commit_without_an_answer_does_not_hold_up_ingest()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        await using (await database.LockAsync("mt_events"))
        {
            await SendAsync(qemu, 10);
            await service.SaysAsync("go to the spool");
            await SendAsync(qemu, 200);
            await SpooledAsync(site, "\"x-serial\":210");
        }

        await service.SaysAsync("is drained");
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds}") == 210, "all is recorded");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await ShouldBeAsItWasSentAsync(site, database, qemu);
    }

    [PostgresFact]
    public async Task A_service_stopped_while_the_store_is_away_leaves_what_it_has_to_the_next_start()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await postgres.StopAsync("fast");
        try
        {
            await SendAsync(qemu, 50);
            service.Terminate();
            (await service.EndAsync()).ShouldExit(0);
            service.Has("stay in the spool").ShouldBeTrue(service.Said);
        }
        finally
        {
            await postgres.StartAsync();
        }

        service = await site.RunAsync();
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds}") == 50, "all is recorded");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await ShouldBeAsItWasSentAsync(site, database, qemu);
    }

    [PostgresFact]
    public async Task A_damaged_spool_is_taken_in_up_to_the_damage_and_the_rest_is_kept_and_told()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        await postgres.StopAsync("immediate");
        try
        {
            await SendAsync(qemu, 300);
            await SpooledAsync(site, "\"x-serial\":300");
            await service.KillAsync();
        }
        finally
        {
            await postgres.StartAsync();
        }

        var segment = Segments(site).ShouldHaveSingleItem();
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        service = await site.RunAsync();
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await RecordChecks.ShouldHoldWhatWasSentAsync(database, qemu);
        (await database.CountAsync($"mt_events where {Kinds}")).ShouldBeInRange(100, 200);
        (await database.CountAsync("qualm_quarantine where source = 'spool'")).ShouldBe(1);
        (await database.EventsAsync("type = 'monitor_lost'")).ShouldHaveSingleItem().Text("reason").ShouldContain("damaged");
        Segments(site).ShouldHaveSingleItem().ShouldContain("/damaged/");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task A_full_spool_disconnects_monitors_and_records_the_gap()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).With("spool: { limit: 1MiB }").With("alarms: [page]").From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        await postgres.StopAsync("fast");
        try
        {
            for (var i = 0; i < 400 && qemu.IsServed; i++)
            {
                await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report", ["x-filler"] = new string('f', 8000) });
            }

            await service.SaysAsync("Monitors are disconnected");
            await Wait.UntilAsync(() => !qemu.IsServed, "the monitor is let go");
            Segments(site).Sum(s => new FileInfo(s).Length).ShouldBeInRange(1 << 20, 3 << 20);
        }
        finally
        {
            await postgres.StartAsync();
        }

        await service.SaysAsync("has room again");
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await SendAsync(qemu, 3);
        await site.UntilAsync(async () => await database.CountAsync($"mt_events where {Kinds} and (data ->> 'x-connection')::int = 2") == 3, "what comes then is recorded");
        (await database.EventsAsync("type = 'monitor_lost'")).ShouldHaveSingleItem().Text("reason").ShouldContain("spool is full");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
        await RecordChecks.ShouldHoldWhatWasSentAsync(database, qemu);
    }

    private static async Task SendAsync(FakeQemu qemu, int count)
    {
        for (var i = 0; i < count; i++) (await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" })).ShouldNotBeNull();
    }

    private static string[] Segments(Installation site) =>
        Directory.Exists(site.Data) ? [.. Directory.EnumerateFiles(site.Data, "*.spool", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    private static Task SpooledAsync(Installation site, string text) =>
        site.UntilAsync(() => Segments(site).Any(s => File.ReadAllText(s).Contains(text, StringComparison.Ordinal)), $"{text} is in the spool");

    // Whole, complete, in the order of its stamps, and decided as a replay decides.
    private static async Task ShouldBeAsItWasSentAsync(Installation site, Database database, params FakeQemu[] fakes)
    {
        await RecordChecks.ShouldBeWholeAsync(database);
        await RecordChecks.ShouldHoldWhatWasSentAsync(database, fakes);
        (await database.ScalarAsync<long>(
            "select count(*) from (select timestamp < lag(timestamp) over (order by seq_id) as back from qualm.mt_events where headers ->> 'qualm' in ('live', 'engine')) e where back"))
            .ShouldBe(0, "stamps go back");
        var recorded = (await database.DecisionsAsync()).Select(d => (d.Text("alert"), d.Text("transition"), d.Text("at"), d.Text("decided_at"))).ToList();
        recorded.ShouldNotBeEmpty();
        (await site.QualmAsync("replay", "--json", "--rules", site.Rules)).ShouldExit(0).Json
            .Select(d => ((string)d["alert"]!, (string)d["transition"]!, (string)d["at"]!, (string)d["decided_at"]!)).ShouldBe(recorded);
    }
}
