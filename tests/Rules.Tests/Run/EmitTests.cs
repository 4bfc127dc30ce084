using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class EmitTests
{
    [Fact]
    public void Each_match_of_a_point_rule_is_an_event_of_its_own() =>
        new Timeline(Timeline.Group("""
            - emit: Stopped
              on: STOP
            - alert: StopsOften
              on: Stopped
              count: ">= 2"
              within: 10s
            """)).Add(0, "STOP").Add(1000, "STOP").Tick(1500).Lines.ShouldBe(
            [
                "firing Stopped [vm-1] at 0 decided 0 because 1",
                "firing Stopped [vm-1] at 1000 decided 1000 because 2",
                "firing StopsOften [vm-1] at 1000 decided 1000 because 1,2",
            ]);

    [Fact]
    public void A_window_derives_one_event_an_episode_and_a_rule_above_tells_all_causes() =>
        new Timeline(Timeline.Group("""
            - emit: Burst
              on: STOP
              count: ">= 2"
              within: 10s
            - alert: TwoBursts
              on: Burst
              count: ">= 2"
              within: 1h
            """)).Add(0, "STOP").Add(1000, "STOP").Add(2000, "STOP").Add(60000, "STOP").Add(61000, "STOP").Tick(61500).Lines.ShouldBe(
            [
                "firing Burst [vm-1] at 1000 decided 1000 because 1,2",
                "firing Burst [vm-1] at 61000 decided 61000 because 4,5",
                "firing TwoBursts [vm-1] at 61000 decided 61000 because 1,2,4,5",
            ]);

    [Fact]
    public void A_point_rule_with_a_written_resolve_derives_one_event_an_episode() =>
        new Timeline(Timeline.Group("""
            - emit: Panicked
              on: GUEST_PANICKED
              resolve: { on: RESET }
            - alert: A
              on: Panicked
              resolve: { quiet: 5s }
            """)).Add(0, "GUEST_PANICKED").Add(1000, "GUEST_PANICKED").Add(2000, "RESET").Add(3000, "GUEST_PANICKED").Tick(3500).Lines
            .ShouldBe(["firing Panicked [vm-1] at 0 decided 0 because 1", "firing A [vm-1] at 0 decided 0 because 1", "firing Panicked [vm-1] at 3000 decided 3000 because 4"]);

    [Fact]
    public void It_carries_its_key_and_its_values_typed() =>
        new Timeline(Timeline.Group("""
            - emit: BadChild
              on: QUORUM_REPORT_BAD
              by: [vm.id, event.data.node_name]
              values: { sectors: event.data.sectors_count, far: event.data.sector_num > 100, note: '"a\"b"', list: '[1, 2]' }
            - alert: A
              on: BadChild
              where: event.data.sectors > 5 && event.data.far && event.data.node_name == "q0" && event.data.note == 'a"b' && event.data.list[1] == 2 && event.data.vm == "vm-1"
              by: [event.data.node_name, vm.id]
            """))
            .Add(0, "QUORUM_REPORT_BAD", data: Bad(8, 5)).Add(1000, "QUORUM_REPORT_BAD", data: Bad(800, 5)).Add(2000, "QUORUM_REPORT_BAD", data: Bad(800, 8))
            .Decisions.Where(d => d.Alert == "A").ShouldHaveSingleItem().Key.Select(k => k.Value).ShouldBe(["q0", "vm-1"]);

    [Fact]
    public void The_decision_tells_its_values() =>
        new Timeline(Timeline.Group("- emit: E\n  on: QUORUM_REPORT_BAD\n  values: { n: event.data.sectors_count * 2, kind: event.data.type }"))
            .Add(0, "QUORUM_REPORT_BAD", data: Bad(1, 4)).Decisions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                d => d.Values.ShouldBe("""{"n":8,"kind":"read"}"""),
                d => d.Kind.ShouldBe(ConclusionKind.Event));

    [Fact]
    public void It_may_stand_wherever_an_event_may() =>
        new Timeline(Timeline.Group("""
            - emit: E
              on: STOP
            - alert: Any
              any: [ { on: E }, { on: RESET } ]
            - alert: Absent
              on: RESUME
              absent: { on: E }
              within: 5s
            - alert: Sequence
              sequence: [ { a: { on: RESUME } }, { b: { on: E } } ]
              within: 10s
            - alert: Ends
              on: RESET
              resolve: { on: E }
            - alert: Ratio
              ratio: { num: { on: E }, den: "1", is: ">= 1" }
              within: 10s
            """)).Add(0, "RESUME").Add(1000, "RESET").Add(2000, "STOP").Tick(20000).Lines.Where(l => !l.Contains(" E ")).ShouldBe(
            [
                "firing Any [vm-1] at 1000 decided 1000 because 2",
                "firing Ends [vm-1] at 1000 decided 1000 because 2",
                "resolved Ends [vm-1] at 2000 decided 2000 because 3 event",
                "firing Sequence [vm-1] at 2000 decided 2000 because 1,3",
                "firing Ratio [vm-1] at 2000 decided 6000 because 3",
                "resolved Ratio [vm-1] at 12000 decided 16000 because 3 condition",
            ]);

    [Fact]
    public void What_is_decided_late_is_waited_for() =>
        new Timeline(Timeline.Group("""
            - emit: Silent
              on: STOP
              absent: { on: RESUME }
              within: 5s
            - alert: NotReset
              on: STOP
              absent: { on: Silent }
              within: 5s
            """)).Add(0, "STOP").Add(20000, "STOP").Add(24000, "RESUME").Tick(60000).Lines
            .ShouldBe(["firing Silent [vm-1] at 5000 decided 7000 because 1", "firing NotReset [vm-1] at 25000 decided 29000 because 2"]);

    [Fact]
    public void Two_events_completed_by_one_are_two() =>
        new Timeline(Timeline.Group("""
            - emit: One
              on: STOP
            - emit: Two
              on: STOP
            - alert: Both
              all: [ { a: { on: One } }, { b: { on: Two } } ]
              within: 1s
            """)).Add(0, "STOP").Lines.Last().ShouldBe("firing Both [vm-1] at 0 decided 0 because 1");

    [Fact]
    public void An_event_of_two_branches_is_one_match() =>
        new Timeline(Timeline.Group("- emit: E\n  any: [ { on: STOP }, { on: [STOP, RESET] } ]")).Add(0, "STOP").Add(0, "STOP").Decisions.Count.ShouldBe(2);

    [Fact]
    public void Chains_run_in_one_pass_whatever_the_names() =>
        new Timeline(Timeline.Group("""
            - alert: A
              on: B
            - emit: B
              on: C
            - emit: C
              on: D
            - emit: D
              on: STOP
            """)).Add(0, "STOP").Lines.Select(l => l.Split(' ')[1]).ShouldBe(["D", "C", "B", "A"]);

    [Fact]
    public void Every_event_does_not_mean_derived_ones() =>
        new Timeline(Timeline.Group("- emit: E\n  on: STOP\n- alert: All\n  on: \"*\"\n  count: \">= 2\"\n  within: 1h")).Add(0, "STOP").Decisions.ShouldHaveSingleItem().Alert.ShouldBe("E");

    [Fact]
    public void What_a_shadow_rule_derives_is_for_shadow_rules() =>
        new Timeline(Timeline.Group("""
            - emit: E
              on: STOP
              mode: shadow
            - alert: Real
              on: E
            - alert: Tried
              on: E
              mode: shadow
            """)).Add(0, "STOP").Decisions.Select(d => (d.Alert, d.Silent)).ShouldBe([("E", true), ("Tried", true)]);

    private static string Bad(int sector, int count) => $$"""{"type":"read","node-name":"q0","sector-num":{{sector}},"sectors-count":{{count}}}""";
}
