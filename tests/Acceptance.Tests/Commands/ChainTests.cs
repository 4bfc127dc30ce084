using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>Rules whose conclusions feed other rules.</summary>
public sealed class ChainTests
{
    private const string Rules = """
        groups:
        - name: chain
          defaults: { actions: [page] }
          rules:
          - emit: DiskFailing
            on: BLOCK_IO_ERROR
            by: [vm.id, event.data.device]
            count: ">= 2"
            within: 1m
            values: { host: vm.host, how: event.data.operation }
          - fact: HostSuspect
            on: DiskFailing
            by: [vm.host]
            distinct: { of: vm.id, is: ">= 2" }
            within: 5m
          - alert: HostStorageFault
            by: [vm.host]
            when: fact("HostSuspect")
            inhibits: [ { alert: "Disk*", equal: [host] } ]
          - alert: DiskFailed
            on: DiskFailing
            by: [vm.id, event.data.device]
            where: event.data.how == "read"
            resolve: { on: RESET }
            annotations: { summary: "{{ event.data.device }} of {{ key.vm }} on {{ event.data.host }}" }
        """;

    [Fact]
    public async Task A_chain_is_replayed_stratum_by_stratum_and_muting_changes_no_line()
    {
        await using var site = await Installation.MakeAsync();
        var lines = new[] { ("a", 1), ("b", 2), ("a", 3), ("b", 4), ("a", 5) }.Select(e => Line(e.Item1, e.Item2)).Append(EventLines.Of("a", "RESET", EventLines.Start + 400_000_000, 9).Replace("\"vm\"", "\"host\":\"h1\",\"vm\"", StringComparison.Ordinal));
        var file = site.Workspace.Write("chain.jsonl", string.Join('\n', lines) + "\n");
        var rules = site.Workspace.Write("muting.yaml", Rules);
        var plain = site.Workspace.Write("plain.yaml", Rules.Replace("inhibits:", "#", StringComparison.Ordinal));
        string[] range = ["--until", "2026-01-01T01:00:00Z", "--json"];
        var replay = (await site.Start(["replay", file, "--rules", rules, .. range]).EndAsync()).ShouldExit(0);
        replay.Json.Select(t => $"{t.First().Key} {t.First().Value} {t["transition"]} {t["key"]!.ToJsonString()} {t["because"]!.ToJsonString()} {t["reason"]}").ShouldBe(
        [
            """emit DiskFailing firing {"vm":"a","device":"vd0"} [1,3] """,
            """alert DiskFailed firing {"vm":"a","device":"vd0"} [1,3] """,
            """emit DiskFailing firing {"vm":"b","device":"vd0"} [2,4] """,
            """alert DiskFailed firing {"vm":"b","device":"vd0"} [2,4] """,
            """fact HostSuspect firing {"host":"h1"} [1,2,3,4] """,
            """alert HostStorageFault firing {"host":"h1"} [1,2,3,4] """,
            """fact HostSuspect resolved {"host":"h1"} [1,2,3,4] condition""",
            """alert HostStorageFault resolved {"host":"h1"} [1,2,3,4] condition""",
            """alert DiskFailed resolved {"vm":"a","device":"vd0"} [6] event""",
        ]);
        replay.Json[0]["values"]!.ToJsonString().ShouldBe("""{"host":"h1","how":"read"}""");
        ((string?)replay.Json[1]["summary"]).ShouldBe("vd0 of a on h1");
        (await site.Start(["replay", file, "--rules", plain, .. range]).EndAsync()).ShouldExit(0).Text.ShouldBe(replay.Text.Replace("muting.yaml", "plain.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tests_of_rules_ask_for_facts_and_events_and_for_what_is_withheld()
    {
        await using var site = await Installation.MakeAsync();
        site.Workspace.Write("chain.yaml", Rules);
        const string Data = """{"device":"vd0","node-name":"n0","operation":"read","action":"report","reason":"x"}""";
        var tests = site.Workspace.Write("chain.test.yaml", $$"""
            rules: chain.yaml
            fleet: { a: { host: h1 }, b: { host: h1 } }
            tests:
            - name: a fault of the host mutes what comes after it
              events: |
                +1s a BLOCK_IO_ERROR {{Data}} x2 every 1s
                +1s b BLOCK_IO_ERROR {{Data}} x2 every 1s
                +30s b BLOCK_IO_ERROR {{Data.Replace("vd0", "vd1", StringComparison.Ordinal)}} x2 every 1s
                +400s a RESET {"guest":true,"reason":"guest-reset"}
              expect:
              - { at: 1s, no_event: DiskFailing }
              - { at: 2s, event: DiskFailing, key: [a, vd0], because: [1, 3] }
              - { at: 2s, fact: HostSuspect, key: [h1] }
              - { at: 1s, no_fact: HostSuspect }
              - { at: 31s, alert: DiskFailed, key: [b, vd1] }
              - { at: 399s, no_fact: HostSuspect }
              - { at: 30s, deliveries: { page: [firing, firing, firing] } }
              - { at: 200s, deliveries: { page: [firing, firing, firing] } }
              - { at: 399s, deliveries: { page: [firing, firing, firing, resolved, firing] } }
              - { deliveries: { page: [firing, firing, firing, resolved, firing, resolved] } }
            properties: { crash_after_each_event: true, duplicate_each_event: true }
            """);
        var run = await site.Start("test", tests, "--coverage").EndAsync();
        run.ShouldExit(0);
    }

    private static string Line(string vm, int second) => EventLines.Of(
        vm, "BLOCK_IO_ERROR", EventLines.Start + (second * 1_000_000L), second,
        new() { ["device"] = "vd0", ["node-name"] = "n0", ["operation"] = "read", ["action"] = "report", ["reason"] = "x" }).Replace("\"vm\"", "\"host\":\"h1\",\"vm\"", StringComparison.Ordinal);
}
