using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A start reads a snapshot and a tail of the log, and nobody can tell but by the log lines.</summary>
public sealed class SnapshotTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const string FromSnapshot = "from the snapshot of turn";

    [PostgresFact]
    public async Task Stopped_or_killed_the_engine_starts_from_a_snapshot_and_decides_what_it_would_have()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await ErrorAsync(site, database, qemu, 1);
        await StopAsync(service);
        (await database.CountAsync("qualm_snapshot")).ShouldBe(1);

        service = await RestartAsync(site, qemu, 2);
        service.Has($"{FromSnapshot} {await TurnAsync(database)} and 0 inputs after it").ShouldBeTrue(service.Said);
        await ErrorAsync(site, database, qemu, 2);
        var inputs = await database.CountAsync($"mt_events where headers ->> 'qualm' in ('live', 'engine') and seq_id > (select max(position) from qualm.qualm_snapshot)");
        await service.KillAsync();

        service = await RestartAsync(site, qemu, 3);
        service.Has($"{FromSnapshot} {await TurnAsync(database)} and {inputs} inputs after it").ShouldBeTrue(service.Said);
        site.Pages.Received.ShouldBeEmpty();
        await ErrorAsync(site, database, qemu, 3);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the third error pages");
        site.Pages.Delivered[0].Because.Length.ShouldBe(3);
        await StopAsync(service);

        // Over a fourth start the alert fires on, and is resolved under its own key.
        service = await RestartAsync(site, qemu, 4);
        service.Has(FromSnapshot).ShouldBeTrue(service.Said);
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "it is resolved");
        site.Pages.Delivered.Select(p => (p.Transition, p.DedupKey)).ShouldBe([("firing", site.Pages.Delivered[0].DedupKey), ("resolved", site.Pages.Delivered[0].DedupKey)]);
        await ShouldVerifyAsync(site, service);
        (await database.CountAsync("qualm_snapshot")).ShouldBeGreaterThan(1);
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task Whatever_is_wrong_with_a_snapshot_it_is_passed_over_and_said()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await ErrorAsync(site, database, qemu, 1);
        await StopAsync(service);
        (string Harm, string Said)[] harms =
        [
            ("update qualm.qualm_snapshot_piece set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)", "its checksum is not that of its bytes"),
            ("delete from qualm.qualm_snapshot_piece", "0 pieces are there of 1"),
            ("update qualm.qualm_snapshot set clock = clock - 1", "its checksum is not that of its bytes"),
            ("update qualm.qualm_snapshot set position = 1000000", "it is of a place that the log has not come to"),
            ("update qualm.qualm_snapshot set digest = set_byte(digest, 3, get_byte(digest, 3) # 1)", "its decisions are not those recorded"),
            ("""update qualm.qualm_snapshot set about = convert_to(replace(convert_from(about, 'UTF8'), '"Format":"1.', '"Format":"0.'), 'UTF8')""", "its format is 0."),
            ("""update qualm.qualm_snapshot set about = convert_to(replace(convert_from(about, 'UTF8'), '"Rules":"', '"Rules":"0'), 'UTF8')""", "the log does not hold the rules it was taken under"),
            ("update qualm.qualm_snapshot set about = 'nonsense'", "it does not say what it is of"),
        ];
        for (var i = 0; i < harms.Length; i++)
        {
            // Only the newest, so that it is this one that is tried.
            await database.ExecuteAsync("delete from qualm.qualm_snapshot where turn < (select max(turn) from qualm.qualm_snapshot)");
            await database.ExecuteAsync(harms[i].Harm);
            service = await RestartAsync(site, qemu, i + 2);
            service.Has(harms[i].Said).ShouldBeTrue($"{harms[i].Harm}\n{service.Said}");
            (service.Has(FromSnapshot), service.Has("from the log alone"), service.Has("decides otherwise")).ShouldBe((false, true, false), service.Said);
            await StopAsync(service);
        }

        service = await RestartAsync(site, qemu, harms.Length + 2);
        service.Has(FromSnapshot).ShouldBeTrue(service.Said);
        await ErrorAsync(site, database, qemu, 2);
        await ErrorAsync(site, database, qemu, 3);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the third error pages");
        site.Pages.Delivered[0].Because.Length.ShouldBe(3);
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task A_damaged_snapshot_gives_way_to_the_one_before_it_and_a_forged_digest_to_the_record()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        for (var run = 1; run <= 2; run++)
        {
            var service = run == 1 ? await site.RunAsync() : await RestartAsync(site, qemu, run);
            if (run == 1) await qemu.ServedAsync();
            await ErrorAsync(site, database, qemu, run);
            await StopAsync(service);
        }

        var older = await database.ScalarAsync<long>("select min(turn) from qualm.qualm_snapshot");
        await database.ExecuteAsync("update qualm.qualm_snapshot_piece set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) where turn = (select max(turn) from qualm.qualm_snapshot)");
        var last = await RestartAsync(site, qemu, 3);
        last.Has($"{FromSnapshot} {older} and").ShouldBeTrue(last.Said);
        await ErrorAsync(site, database, qemu, 3);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the third error pages");
        await ShouldVerifyAsync(site, last);
    }

    [PostgresFact]
    public async Task With_rules_changed_while_it_was_down_what_was_open_stays_open_and_changed_rules_know_the_past()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await ErrorAsync(site, database, qemu, 1);
        await ErrorAsync(site, database, qemu, 2);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
        await StopAsync(service);

        site.WriteRules(TestRules.Panic.Replace(">= 3", ">= 2", StringComparison.Ordinal));
        service = await RestartAsync(site, qemu, 2);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "two errors are enough now");
        (site.Pages.Delivered[1].Alert, site.Pages.Delivered[1].Because.Length).ShouldBe(("DiskErrors", 2));

        // Behind an activation that was warmed there is soon a snapshot, so that not every start feeds its rules again.
        await site.UntilAsync(
            async () => await database.CountAsync("qualm_snapshot where position > (select max(seq_id) from qualm.mt_events where type = 'rules_activated')") > 0, "a snapshot is taken");
        await service.KillAsync();
        service = await RestartAsync(site, qemu, 3);
        service.Has(FromSnapshot).ShouldBeTrue(service.Said);
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 4, "both are resolved");
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task An_import_behind_a_snapshot_changes_nothing_that_is_live()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await ErrorAsync(site, database, qemu, 1);
        await StopAsync(service);
        (await site.QualmAsync("import", EventLines.Write(site.Workspace, 500))).ShouldExit(0);

        service = await RestartAsync(site, qemu, 2);
        service.Has($"{FromSnapshot} {await TurnAsync(database)} and 0 inputs after it").ShouldBeTrue(service.Said);
        site.Pages.Received.ShouldBeEmpty();
        await StopAsync(service);
    }

    private static async Task<QualmProcess> RestartAsync(Installation site, FakeQemu qemu, int connection)
    {
        var service = await site.RunAsync();
        await Wait.UntilAsync(() => qemu.Connections == connection && qemu.IsServed, $"it is monitored for the {connection}th time");
        return service;
    }

    private static async Task StopAsync(QualmProcess service)
    {
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
    }

    private static async Task ErrorAsync(Installation site, Database database, FakeQemu qemu, int count)
    {
        await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
        await site.UntilAsync(async () => await database.CountAsync("mt_events where type = 'block_io_error' and headers ->> 'qualm' = 'live'") == count, "the error is recorded");
    }

    private static Task<long> TurnAsync(Database database) => database.ScalarAsync<long>("select max(turn) from qualm.qualm_snapshot");

    // A replay reads the log from its beginning, whatever snapshots there are.
    private static async Task ShouldVerifyAsync(Installation site, QualmProcess service)
    {
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("qualm_outbox where status <> 'delivered'") == 0, "everything is delivered");
        await StopAsync(service);
        string[] members = ["alert", "episode", "transition", "at", "decided_at", "reason"];
        var decided = (await database.DecisionsAsync()).Select(d => string.Join(' ', members.Select(d.Text)));
        var replay = (await site.QualmAsync("replay", "--json")).ShouldExit(0).Json;
        replay.Select(d => string.Join(' ', members.Select(m => (string?)d[m] ?? ""))).ShouldBe(decided);
    }
}
