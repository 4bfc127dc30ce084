using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>Somebody takes an alert, beside the service or while it is down.</summary>
public sealed class AckTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const string Rules = """
        groups:
        - name: acks
          rules:
          - alert: Panicked
            on: GUEST_PANICKED
            resolve: [ { on: RESET } ]
            renotify: 2s
            actions: { firing: [page], resolved: [page], acknowledged: [page], unacknowledged: { after: 3s, to: [page-virt] } }
        """;

    [PostgresFact]
    public async Task What_somebody_takes_is_paged_no_more_and_the_record_decides_the_same_again()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(Rules).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await using var database = await site.OpenAsync();
        await qemu.ServedAsync();
        (await site.QualmAsync("ack", "Panicked")).Error.ShouldContain("nothing that fires is called 'Panicked'");
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Received.Any(p => p.Transition == "firing" && p.Path.EndsWith("/page-virt", StringComparison.Ordinal)), "nobody takes it, so others are told");

        var episode = site.Pages.Received[0].DedupKey;
        (await site.QualmAsync("ack", episode[..10], "--by", "ann", "--note", "on it")).ShouldExit(0).Text.ShouldContain("acknowledged");
        await site.UntilAsync(() => site.Pages.Received.Any(p => p.Transition == "acknowledged"), "those who asked are told who took it");
        var paged = (await database.DecisionsAsync()).Count;
        (await site.QualmAsync("alerts")).ShouldExit(0).Text.ShouldContain("acknowledged by ann");
        await Task.Delay(TimeSpan.FromSeconds(3));
        (await database.DecisionsAsync()).Count.ShouldBe(paged, "it is taken");
        (await database.CountAsync("qualm_inbox")).ShouldBe(0);
        await service.KillAsync();

        service = await site.RunAsync();
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("RESET", new() { ["guest"] = false, ["reason"] = "host-qmp-system-reset" });
        await site.UntilAsync(() => site.Pages.Received.Any(p => p.Transition == "resolved" && p.Path.EndsWith("/page-virt", StringComparison.Ordinal)), "its end is told");
        service.Said.ShouldNotContain("not those recorded");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        var decided = (await database.DecisionsAsync()).ConvertAll(d => $"{d.Text("transition")} {d.Text("decided_at")} {d.Text("reason")} {d.Text("by")} {d.Text("note")}");
        (await site.QualmAsync("replay", "--json", "--rules", site.Rules)).ShouldExit(0).Json
            .Select(d => $"{(string?)d["transition"]} {(string?)d["decided_at"]} {(string?)d["reason"]} {(string?)d["by"]} {(string?)d["note"]}").ShouldBe(decided);
        site.Pages.Received.Select(p => p.DedupKey).Distinct().ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task What_is_taken_while_nothing_runs_is_taken_by_the_next_start()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(Rules).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await using var database = await site.OpenAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(async () => (await database.DecisionsAsync()).Count > 0, "it fires");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        (await site.QualmAsync("ack", "Panicked")).ShouldExit(0).Text.ShouldContain("left for the next start");
        (await database.CountAsync("qualm_inbox")).ShouldBe(1);
        await site.RunAsync();
        await site.UntilAsync(async () => (await database.DecisionsAsync()).Any(d => d.Text("transition") == "acknowledged"), "it is taken");
        (await database.CountAsync("qualm_inbox")).ShouldBe(0);
        (await database.EventsAsync("type = 'acknowledgement'")).ShouldHaveSingleItem().Stream.ShouldBe("engine");
    }
}
