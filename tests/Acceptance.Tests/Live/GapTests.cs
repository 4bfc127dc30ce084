using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>While a monitor is lost, or the service itself is, nothing is concluded from silence.</summary>
public sealed class GapTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private const string Rules = """
        groups:
        - name: gaps
          rules:
          - alert: NotResumed
            on: STOP
            absent: { on: RESUME }
            within: 10s
            actions: [page]
        """;

    [PostgresFact]
    public async Task An_absence_due_while_the_service_was_down_is_judged_by_the_state_it_finds()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var stuck = FakeQemu.OnSocket(site.Workspace["stuck.sock"], "stuck");
        await using var well = FakeQemu.OnSocket(site.Workspace["well.sock"], "well");
        site.WriteRules(Rules).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where type = 'state_resynced'") == 2, "both are monitored");
        foreach (var qemu in (FakeQemu[])[stuck, well])
        {
            qemu.Status = "paused";
            await qemu.SendAsync("STOP");
        }

        await site.UntilAsync(async () => await database.CountAsync("mt_events where type = 'stop'") == 2, "both stops are recorded");
        await service.KillAsync();
        var stopped = (await database.EventsAsync("type = 'stop'")).Max(e => e.Seq);

        // Both are due and past their lateness while nobody listens; one of them goes on meanwhile.
        well.Status = "running";
        await Task.Delay(TimeSpan.FromSeconds(13));
        service = await site.RunAsync();
        await site.UntilAsync(() => site.Pages.Of("NotResumed", "firing").Count > 0, "the absence pages");
        await site.UntilAsync(async () => (await database.EventsAsync($"type = 'state_resynced' and seq_id > {stopped}")).Count == 2, "both are monitored again");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        var decision = (await database.DecisionsAsync()).ShouldHaveSingleItem();
        ((string?)decision.Data["key"]!["vm"], decision.Text("transition"), decision.Text("reason")).ShouldBe(("stuck", "firing", "gap"));
        decision.Data["because"]!.AsArray().Count.ShouldBe(2, "the stop, and what was found");
        var replayed = (await site.QualmAsync("replay", "--json", "--rules", site.Rules)).ShouldExit(0).Json.ShouldHaveSingleItem();
        ((string?)replayed["episode"], (string?)replayed["decided_at"], (string?)replayed["reason"])
            .ShouldBe((decision.Text("episode"), decision.Text("decided_at"), "gap"));
    }
}
