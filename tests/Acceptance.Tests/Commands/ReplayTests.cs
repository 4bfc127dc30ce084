using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>The rules run over the past.</summary>
public sealed class ReplayTests
{
    private const long MegaByte = 1 << 20;

    [Fact]
    public async Task A_long_file_gives_the_same_bytes_every_time_in_any_culture_and_time_zone_in_flat_memory()
    {
        await using var site = await Installation.MakeAsync();
        site.WriteRules(TestRules.Panic);
        var (small, large) = (EventLines.Write(site.Workspace, 20_000), EventLines.Write(site.Workspace, 200_000));
        var before = (await ReplayAsync(site, small, [])).PeakMemory;
        var once = await ReplayAsync(site, large, []);
        var abroad = await ReplayAsync(
            site,
            large,
            new() { ["LANG"] = "tr_TR.UTF-8", ["LC_ALL"] = "tr_TR.UTF-8", ["TZ"] = "Pacific/Apia", ["DOTNET_TieredPGO"] = "0", ["DOTNET_GCgen0size"] = "4000000" });
        once.Lines.Length.ShouldBeGreaterThan(500);
        abroad.Out.ShouldBe(once.Out);
        once.Json.ShouldAllBe(t => t["because"]!.AsArray().All(p => (long)p! >= 1 && (long)p! <= 200_000));
        once.PeakMemory.ShouldBeLessThan(400 * MegaByte);
        (once.PeakMemory - before).ShouldBeLessThan(150 * MegaByte);
    }

    [Fact]
    public async Task A_file_and_the_same_bytes_on_stdin_give_the_same_decisions()
    {
        await using var site = await Installation.MakeAsync();
        var rules = site.WriteRules(TestRules.Panic).Rules;
        var file = EventLines.Write(site.Workspace, 5000);
        var fromFile = await ReplayAsync(site, file, []);
        await using var replay = site.Start("replay", "-", "--rules", rules, "--json");
        await replay.WriteAsync(await File.ReadAllTextAsync(file));
        (await replay.EndAsync()).ShouldExit(0).Out.ShouldBe(fromFile.Out);
        fromFile.Lines.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_transition_has_all_its_members_and_says_why()
    {
        await using var site = await Installation.MakeAsync();
        var rules = site.WriteRules(TestRules.Panic).Rules;
        const string Calm = """{"event":"STOP"}""";
        var file = site.Workspace.Write(
            "short.jsonl",
            string.Join('\n', Calm, EventLines.Of("a", "GUEST_PANICKED", EventLines.Start + 1, 1), EventLines.Of("a", "RESET", EventLines.Start + 60_000_000, 2)) + "\n");
        var replay = (await site.Start("replay", file, "--rules", rules, "--vm", "other", "--json").EndAsync()).ShouldExit(0);
        replay.Json.Length.ShouldBe(2);
        var (fired, resolved) = (replay.Json[0], replay.Json[1]);
        fired.Select(m => m.Key).ShouldBe(["alert", "key", "episode", "transition", "severity", "at", "decided_at", "summary", "because", "rule", "reason"]);
        fired["key"]!.ToJsonString().ShouldBe("""{"vm":"a"}""");
        ((string?)fired["transition"], (string?)fired["severity"], (string?)fired["at"]).ShouldBe(("firing", "critical", "2026-01-01T00:00:00.000001Z"));
        (fired["because"]!.ToJsonString(), resolved["because"]!.ToJsonString()).ShouldBe(("[2]", "[3]"));
        ((string?)fired["summary"], (string?)fired["rule"]).ShouldBe(("a panicked", "test.yaml:4"));
        ((string?)resolved["transition"], (string?)resolved["reason"], (string?)resolved["at"]).ShouldBe(("resolved", "event", "2026-01-01T00:01:00.000000Z"));
        ((string?)resolved["episode"]).ShouldBe((string?)fired["episode"]);
        fired["reason"].ShouldBeNull();
    }

    [PostgresFact]
    public async Task A_replay_of_the_store_decides_what_was_decided_live_and_pages_nobody()
    {
        await using var site = await Installation.MakeAsync();
        var fakes = Enumerable.Range(0, 3).Select(i => FakeQemu.OnSocket(site.Workspace[$"vm-{i}.sock"], $"vm-{i}")).ToArray();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await using (var database = await site.OpenAsync())
        {
            for (var run = 0; run < 2; run++)
            {
                foreach (var fake in fakes) await Wait.UntilAsync(() => fake.Connections == run + 1 && fake.IsServed, "all are monitored");
                for (var i = 0; i < 20; i++) await Task.WhenAll(fakes.Select(SendCycleAsync));
                var sent = fakes.Sum(f => f.Sent.Count);
                await site.UntilAsync(async () => await database.CountAsync("mt_events where data ? 'x-serial'") == sent, "all is recorded");
                if (run > 0) break;
                await service.KillAsync();
                service = await site.RunAsync();
            }

            await site.UntilAsync(async () => await database.CountAsync("qualm_outbox where status <> 'delivered'") == 0, "all is delivered");
            var live = (await database.DecisionsAsync()).Select(d => d.Data).ToList();
            var pages = site.Pages.Received.Count;
            var replay = (await site.QualmAsync("replay", "--json", "--rules", site.Rules)).ShouldExit(0).Json;
            live.Count.ShouldBe(replay.Length);
            foreach (var (was, now) in live.Zip(replay)) ShouldAgree(was, now);
            site.Pages.Received.Count.ShouldBe(pages);
        }

        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        foreach (var fake in fakes) await fake.DisposeAsync();
    }

    private static async Task SendCycleAsync(FakeQemu fake)
    {
        for (var i = 0; i < 4; i++) await fake.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
        await fake.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await fake.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
    }

    private static void ShouldAgree(JsonObject live, JsonObject replayed)
    {
        foreach (var (member, value) in replayed)
        {
            JsonNode.DeepEquals(value, live[member]).ShouldBeTrue($"{member}: live {live.ToJsonString()}, replayed {replayed.ToJsonString()}");
        }
    }

    private static async Task<Finished> ReplayAsync(Installation site, string file, Dictionary<string, string> environment) =>
        (await site.StartWith(environment, "replay", file, "--rules", site.Rules, "--json").EndAsync()).ShouldExit(0);
}
