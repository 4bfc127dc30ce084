using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class MutingTests
{
    private const string Disk = """
        - alert: DiskError
          on: BLOCK_IO_ERROR
          severity: { warning: "true", critical: agg.count >= 2 }
          resolve: { on: RESUME }
          actions: [page]

        """;

    private const string Host = """
        - alert: HostFault
          on: STOP
          by: [vm.host]
          resolve: { on: RESET }
          actions: [page]
          inhibits: [ { alert: "Disk*", equal: [host] } ]

        """;

    [Fact]
    public void What_fires_while_it_is_muted_is_told_when_the_last_that_mutes_it_is_over() =>
        Told(Disk + Host + Host.Replace("HostFault", "HostLost", StringComparison.Ordinal).Replace("STOP", "SHUTDOWN", StringComparison.Ordinal),
            t => t.Add(0, "STOP", "x", host: "h1").Add(500, "SHUTDOWN", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2000, "BLOCK_IO_ERROR", "b", host: "h2")
                .Add(3000, "RESET", "x", host: "h1")).ShouldBe(
            [
                "firing HostFault h1", "firing HostLost h1", "(HostFault) firing DiskError a", "firing DiskError b",
                "resolved HostFault h1", "resolved HostLost h1", "now firing DiskError a at 1000",
            ]);

    [Fact]
    public void One_that_still_mutes_keeps_it_muted() =>
        Told(Disk + Host + Host.Replace("HostFault", "HostLost", StringComparison.Ordinal).Replace("on: RESET", "on: WAKEUP", StringComparison.Ordinal),
            t => t.Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2000, "RESET", "x", host: "h1").Add(3000, "WAKEUP", "x", host: "h1")).ShouldBe(
            [
                "firing HostFault h1", "firing HostLost h1", "(HostFault) firing DiskError a",
                "resolved HostFault h1", "resolved HostLost h1", "now firing DiskError a at 1000",
            ]);

    [Fact]
    public void Both_in_one_input_are_told_of_the_one_that_mutes() =>
        Told(Disk + Host.Replace("on: STOP", "on: BLOCK_IO_ERROR", StringComparison.Ordinal), t => t.Add(0, "BLOCK_IO_ERROR", "a", host: "h1"))
            .ShouldBe(["(HostFault) firing DiskError a", "firing HostFault h1"]);

    [Fact]
    public void What_is_over_before_it_was_told_is_never_told() =>
        Told(Disk + Host, t => t.Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2000, "RESUME", "a", host: "h1").Add(3000, "RESET", "x", host: "h1"))
            .ShouldBe(["firing HostFault h1", "(HostFault) firing DiskError a", "(HostFault) resolved DiskError a", "resolved HostFault h1"]);

    [Fact]
    public void What_was_told_before_it_was_muted_is_told_to_be_over() =>
        Told(Disk + Host, t => t.Add(0, "BLOCK_IO_ERROR", "a", host: "h1").Add(1000, "STOP", "x", host: "h1").Add(2000, "RESUME", "a", host: "h1").Add(3000, "RESET", "x", host: "h1"))
            .ShouldBe(["firing DiskError a", "firing HostFault h1", "resolved DiskError a", "resolved HostFault h1"]);

    [Fact]
    public void A_severity_that_rose_meanwhile_is_told_afterwards() =>
        Told(Disk + Host, t => t.Add(0, "BLOCK_IO_ERROR", "a", host: "h1").Add(1000, "STOP", "x", host: "h1").Add(2000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2500, "BLOCK_IO_ERROR", "a", host: "h1").Add(3000, "RESET", "x", host: "h1"))
            .ShouldBe(["firing DiskError a", "firing HostFault h1", "(HostFault) severity DiskError a", "resolved HostFault h1", "now severity DiskError a at 2000"]);

    [Fact]
    public void What_is_told_afterwards_is_told_as_it_is_by_then()
    {
        var sink = new Recorder(Timeline.Compile(Timeline.Group(Disk + Host)));
        sink.Timeline.Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2500, "BLOCK_IO_ERROR", "a", host: "h1").Add(3000, "RESET", "x", host: "h1");
        sink.Timeline.Told.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            t => t.Transition.ShouldBe(TransitionKind.Firing), t => t.Severity.ShouldBe(Severity.Critical), t => t.Receivers.ShouldBe(["page"]), t => t.WithheldBy.ShouldBeNull());
    }

    [Fact]
    public void Reminders_are_withheld_and_not_owed() =>
        Told(Disk.Replace("  actions", "  renotify: 10s\n  actions", StringComparison.Ordinal) + Host, t => t.Add(0, "BLOCK_IO_ERROR", "a", host: "h1").Add(1000, "STOP", "x", host: "h1").Tick(15000).Add(16000, "RESET", "x", host: "h1").Tick(21000))
            .ShouldBe(["firing DiskError a", "firing HostFault h1", "(HostFault) firing DiskError a", "resolved HostFault h1", "firing DiskError a"]);

    [Theory]
    [InlineData("page, second", 1000, 2000)]
    [InlineData("second", 2000, 1000)]
    public void Those_it_escalated_to_while_it_was_muted_are_told_afterwards(string told, int muted, int fired)
    {
        var sink = new Recorder(Timeline.Compile(Timeline.Group(
            Disk.Replace("actions: [page]", "actions: { firing: [page], resolved: [page], unacknowledged: { after: 5s, to: [second] } }", StringComparison.Ordinal) + Host)));
        foreach (var at in (int[])[1000, 2000]) sink.Timeline.Add(at, at == muted ? "STOP" : "BLOCK_IO_ERROR", at == muted ? "x" : "a", host: "h1");
        sink.Timeline.Tick(fired + 9000).Add(20000, "RESET", "x", host: "h1").Add(21000, "RESUME", "a", host: "h1");
        var late = sink.Timeline.Told.ShouldHaveSingleItem();
        (string.Join(", ", late.Receivers), late.Transition).ShouldBe((told, TransitionKind.Firing));
        sink.Timeline.Decisions.Last(d => d.Transition == TransitionKind.Resolved).ShouldSatisfyAllConditions(d => d.WithheldBy.ShouldBeNull(), d => d.Receivers.ShouldBe(["page", "second"]));
    }

    [Fact]
    public void Names_are_parts_of_the_key_then_labels_then_the_vm() =>
        Told("""
            - alert: Fault
              on: STOP
              labels: { zone: z1 }
              inhibits: [ { alert: Other, equal: [zone] } ]
            - alert: Other
              on: BLOCK_IO_ERROR
              by: ["zone: 'z1'", vm.id]
            """, t => t.Add(0, "STOP", "a").Add(1000, "BLOCK_IO_ERROR", "b")).ShouldBe(["firing Fault a", "(Fault) firing Other z1 b"]);

    [Fact]
    public void A_shadow_rule_mutes_nothing() =>
        Told(Disk + Host + "  mode: shadow\n", t => t.Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1")).ShouldBe(["firing HostFault h1", "firing DiskError a"]);

    [Fact]
    public void The_decisions_are_the_same_with_and_without_it()
    {
        var (with, without) = (new Timeline(Timeline.Group(Disk + Host)), new Timeline(Timeline.Group(Disk + Host.Split("inhibits")[0].TrimEnd() + "\n")));
        foreach (var timeline in (Timeline[])[with, without])
            timeline.Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1").Add(2000, "RESUME", "a", host: "h1").Add(3000, "RESET", "x", host: "h1").Tick(60000);
        with.Lines.ShouldBe(without.Lines);
    }

    [Fact]
    public void A_reload_that_takes_the_muting_away_tells_what_is_owed()
    {
        var timeline = new Timeline(Timeline.Group(Disk + Host)).Add(0, "STOP", "x", host: "h1").Add(1000, "BLOCK_IO_ERROR", "a", host: "h1");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(Disk)), Timeline.Ms(2000), timeline);
        timeline.Told.ShouldHaveSingleItem().Alert.ShouldBe("DiskError");
        timeline.Add(3000, "RESUME", "a", host: "h1").Decisions.Last().WithheldBy.ShouldBeNull();
    }

    private static List<string> Told(string rules, Func<Timeline, Timeline> play)
    {
        var sink = new Recorder(Timeline.Compile(Timeline.Group(rules)));
        play(sink.Timeline);
        return sink.Lines;
    }

    private sealed class Recorder
    {
        public Recorder(RuleSet set)
        {
            Timeline = new Timeline(set);
            Timeline.OnDecide = t => Lines.Add($"{(t.WithheldBy is null ? "" : $"({t.WithheldBy}) ")}{Say(t)}");
            Timeline.OnDeliver = t => Lines.Add($"now {Say(t)} at {t.At.Micros / 1000}");
        }

        public Timeline Timeline { get; }

        public List<string> Lines { get; } = [];

        private static string Say(AlertTransition t) => $"{TransitionJson.Name(t.Transition)} {t.Alert} {string.Join(' ', t.Key.Select(k => k.Value))}";
    }
}
