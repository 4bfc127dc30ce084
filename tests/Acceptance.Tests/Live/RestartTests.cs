using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>What a stop and a start must not change.</summary>
public sealed class RestartTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task An_alert_that_fires_on_over_a_restart_does_not_page_again_and_resolves_once()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        qemu.Status = "guest-panicked";
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        service = await site.RunAsync();
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await qemu.SendAsync("RESET", new() { ["guest"] = false, ["reason"] = "host-qmp-system-reset" });
        await site.UntilAsync(() => site.Pages.Of("Panicked", "resolved").Count > 0, "the alert is resolved");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        var key = site.Pages.Delivered[0].DedupKey;
        site.Pages.Received.Select(p => (p.Transition, p.DedupKey, p.Header)).ShouldBe([("firing", key, key), ("resolved", key, key)]);
    }

    [PostgresFact]
    public async Task What_a_rule_counts_is_remembered_over_a_restart()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        await using var database = await site.OpenAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        for (var run = 1; run <= 3; run++)
        {
            site.Pages.Received.ShouldBeEmpty();
            var service = await site.RunAsync();
            await Wait.UntilAsync(() => qemu.Connections == run && qemu.IsServed, $"it is monitored in run {run}");
            await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
            await site.UntilAsync(async () => await database.CountAsync("mt_events where type = 'block_io_error'") == run, "the error is recorded");
            if (run == 3) await site.UntilAsync(() => site.Pages.Delivered.Count > 0, "the third error pages");
            service.Terminate();
            (await service.EndAsync()).ShouldExit(0);
        }

        var page = site.Pages.Received.ShouldHaveSingleItem();
        (page.Alert, page.Because.Length).ShouldBe(("DiskErrors", 3));
        ((string?)page.Key["device"]).ShouldBe("vd0");
    }

    [PostgresFact]
    public async Task Source_connection_and_place_name_one_event_over_all_runs()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var database = await site.OpenAsync();
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        for (var run = 1; run <= 2; run++)
        {
            var service = await site.RunAsync();
            await Wait.UntilAsync(() => qemu.Connections == run && qemu.IsServed, $"it is monitored in run {run}");
            await qemu.SendAsync("STOP");
            await site.UntilAsync(async () => await database.CountAsync("mt_events where type = 'stop'") == run, "the event is recorded");
            await service.KillAsync();
        }

        (await database.EventsAsync("headers ->> 'qualm' = 'live'"))
            .GroupBy(e => ((string?)e.Headers["source"], (long?)e.Headers["epoch"], (long?)e.Headers["n"]))
            .Where(g => g.Count() > 1).SelectMany(g => g).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task An_alert_whose_end_came_while_the_service_was_away_is_resolved_by_the_next_event_that_ends_it()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        await using (var killed = await site.RunAsync())
        {
            await qemu.ServedAsync();
            await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
            await killed.KillAsync();
        }

        (await qemu.SendAsync("RESET")).ShouldBeNull("nobody listens");
        await site.RunAsync();
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Of("Panicked", "resolved").Count == 1, "the alert is resolved");
        site.Pages.Delivered.Select(p => p.DedupKey).Distinct().ShouldHaveSingleItem();
    }
}
