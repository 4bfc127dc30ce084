using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>Rule files that change while the service runs.</summary>
public sealed class ReloadTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const string Resets = """
          - alert: Resets
            on: RESET
            count: ">= 3"
            within: 10m
            resolve: [ { quiet: 5m } ]
            annotations: { summary: "{{ vm.name }} was reset {{ agg.count }} times" }
            actions: [page]
        """;

    private const string Faulty = """
          - alert: Faulty
            on: GUEST_PANICED
            actions: [page]
        """;

    [PostgresFact]
    public async Task A_rule_that_is_added_pages_what_already_holds_once_and_what_is_open_is_left_alone()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await ErrorAsync(qemu, 2);
        await qemu.SendAsync("BLOCK_JOB_READY", new() { ["type"] = "mirror", ["device"] = "vd0", ["len"] = 1, ["offset"] = 1, ["speed"] = 0 });
        for (var i = 0; i < 4; i++) await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");

        site.WriteRules(TestRules.Panic + "\n" + Resets);
        await site.UntilAsync(() => site.Pages.Of("Resets", "firing").Count == 1, "the resets page");
        site.Pages.Delivered[1].Because.Length.ShouldBe(3);

        // Events counted before and after the reload are one window.
        await ErrorAsync(qemu, 1);
        await site.UntilAsync(() => site.Pages.Of("DiskErrors", "firing").Count == 1, "the disk errors page");
        site.Pages.Received.Count.ShouldBe(3);
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task Alerts_of_a_rule_that_is_taken_out_resolve()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic + "\n" + Resets).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");

        // As an editor does: the new file takes the place of the old one.
        var written = site.Workspace.Write("rules/.test.yaml.swp", "groups:\n- name: acceptance\n  rules:\n" + Resets);
        File.Move(written, site.Workspace["rules/test.yaml"], overwrite: true);
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "it resolves");
        var end = site.Pages.Delivered[1];
        (end.Alert, end.Transition, end.DedupKey).ShouldBe(("Panicked", "resolved", site.Pages.Delivered[0].DedupKey));
        await using var database = await site.OpenAsync();
        (await database.DecisionsAsync())[^1].Text("reason").ShouldBe("rule_removed");
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task A_bad_set_is_refused_whole_with_its_diagnostics_and_the_old_one_runs_on()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        site.WriteRules("groups:\n- name: acceptance\n  rules:\n" + Resets + "\n" + Faulty);
        await service.SaysAsync("Rules not reloaded");
        service.Error.Text.ShouldContain("test.yaml:12:9: Q");
        service.Error.Text.ShouldContain("GUEST_PANICKED");
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Of("Panicked", "firing").Count == 1, "the old rules page");

        // A receiver that nobody has set up is no less of a fault.
        site.WriteRules("groups:\n- name: acceptance\n  rules:\n" + Resets.Replace("[page]", "[pagee]", StringComparison.Ordinal));
        await service.SaysAsync("pagee");

        // Mended, it takes over.
        site.WriteRules(TestRules.Panic + "\n" + Resets);
        await service.SaysAsync("Rules reloaded: 3 from");
        service.Signal("HUP");
        await service.SaysAsync("have not changed");
        site.Pages.Received.Count.ShouldBe(1);
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task Rules_that_changed_while_the_service_was_down_are_warmed_as_well()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        await using (var first = await site.RunAsync())
        {
            await qemu.ServedAsync();
            await ErrorAsync(qemu, 2);
            await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
            first.Terminate();
            (await first.EndAsync()).ShouldExit(0);
        }

        site.WriteRules(TestRules.Panic.Replace(">= 3", ">= 2", StringComparison.Ordinal));
        var service = await site.RunAsync();
        await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "two errors are enough now");
        (site.Pages.Delivered[1].Alert, site.Pages.Delivered[1].Because.Length).ShouldBe(("DiskErrors", 2));
        await ShouldVerifyAsync(site, service);
    }

    [PostgresFact]
    public async Task Killed_amid_reloads_the_service_has_decided_what_a_replay_decides()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var fakes = Enumerable.Range(0, 3).Select(i => FakeQemu.OnSocket(site.Workspace[$"vm-{i}.sock"], $"vm-{i}")).ToArray();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        using var over = new CancellationTokenSource();
        var service = await site.RunAsync();
        foreach (var fake in fakes) await fake.ServedAsync();
        var traffic = fakes.Select((fake, i) => SendAsync(fake, i, over.Token)).ToArray();
        var random = new Random(7);
        for (var kill = 0; kill < 4; kill++)
        {
            for (var edit = 0; edit < 4; edit++)
            {
                var count = random.Next(2, 9);
                site.WriteRules(TestRules.Panic.Replace(">= 3", $">= {count}", StringComparison.Ordinal) + (edit % 2 == 0 ? "\n" + Resets : ""));
                await Task.Delay(random.Next(800), CancellationToken.None);
            }

            await service.KillAsync();
            service = await site.RunAsync();
        }

        await over.CancelAsync();
        await Task.WhenAll(traffic);
        await using var database = await site.OpenAsync();
        (await database.CountAsync("mt_events where type = 'rules_activated'")).ShouldBeGreaterThan(4);
        await ShouldVerifyAsync(site, service);
        await RecordChecks.ShouldBeWholeAsync(database);
        await RecordChecks.ShouldAgreeWithPagesAsync(database, site.Pages, repeats: 40);
        foreach (var fake in fakes) await fake.DisposeAsync();
    }

    private static async Task SendAsync(FakeQemu fake, int seed, CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.IsCancellationRequested)
        {
            await ErrorAsync(fake, random.Next(1, 12));
            await fake.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await Task.Delay(random.Next(60), CancellationToken.None);
            await fake.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        }
    }

    private static async Task ErrorAsync(FakeQemu qemu, int count)
    {
        for (var i = 0; i < count; i++) await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
    }

    // Once the service has stopped: a replay of the record by the rules that were active decides what was decided, to the microsecond.
    private static async Task ShouldVerifyAsync(Installation site, QualmProcess service)
    {
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("qualm_outbox where status <> 'delivered'") == 0, "everything is delivered");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        string[] members = ["alert", "episode", "transition", "at", "decided_at", "reason"];
        var decided = (await database.DecisionsAsync()).Select(d => string.Join(' ', members.Select(d.Text)));
        var replay = (await site.QualmAsync("replay", "--json")).ShouldExit(0).Json;
        replay.Select(d => string.Join(' ', members.Select(m => (string?)d[m] ?? ""))).ShouldBe(decided);
        service.Error.Text.ShouldNotContain("not those recorded");
        (await site.QualmAsync("verify")).ShouldExit(0);
    }
}
