using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class ExpressionTests
{
    private const string Stop = """{"action":"stop","device":"d","node-name":"n","operation":"write","reason":"x","nospace":true}""";
    private const string Report = """{"action":"report","device":"d","node-name":"n","operation":"read","reason":"x"}""";

    [Fact]
    public void Conditions_choose_events_and_share_their_work()
    {
        var timeline = new Timeline(Timeline.Group("""
            - alert: A
              on: BLOCK_IO_ERROR
              where: event.data.action == "stop"
            - alert: B
              on: [BLOCK_IO_ERROR, STOP]
              where: event.name == "BLOCK_IO_ERROR"
            - alert: C
              on: "*"
              where: event.name == "STOP" || event.name == "SOMETHING_NEW"
            """));
        timeline.Add(0, "BLOCK_IO_ERROR", data: Report).Add(1, "BLOCK_IO_ERROR", data: Stop).Add(2, "SOMETHING_NEW").Lines.ShouldBe(
        [
            "firing B [vm-1] at 0 decided 0 because 1",
            "firing A [vm-1] at 1 decided 1 because 2",
            "firing C [vm-1] at 2 decided 2 because 3",
        ]);
        timeline.Session.Counters.Select(c => c.Matches).ShouldBe([1, 2, 1]);
    }

    [Fact]
    public void An_error_in_a_condition_is_no_match_and_is_counted()
    {
        var timeline = new Timeline(Timeline.Group("- alert: A\n  on: BLOCK_IO_ERROR\n  where: event.data.nospace"));
        timeline.Add(0, "BLOCK_IO_ERROR", data: Report).Lines.ShouldBeEmpty();
        timeline.Session.Counters.Single().Errors.ShouldBe(1);
    }

    [Fact]
    public void A_ladder_moves_the_severity_of_one_episode()
    {
        var timeline = new Timeline(Timeline.Group("""
            - alert: A
              on: STOP
              count: ">= 2"
              within: 10s
              severity: { critical: "agg.count >= 4", warning: "agg.count >= 2" }
              resolve: { quiet: 1m }
              annotations: { summary: "{{ vm.name }} {{ agg.count }} of {{ key.vm }}" }
              actions: { firing: [x, y], severity: y }
            """));
        for (var at = 0; at < 6000; at += 1000) timeline.Add(at, "STOP");
        timeline.Decisions.Select(d => (d.Transition, d.Severity, d.Summary, d.Receivers.Length)).ShouldBe(
        [
            (TransitionKind.Firing, Severity.Warning, "vm-1 2 of vm-1", 2),
            (TransitionKind.Severity, Severity.Critical, "vm-1 4 of vm-1", 1),
        ]);
        timeline.Decisions.Select(d => d.Episode).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_ladder_counts_the_match_that_it_is_judged_for()
    {
        var timeline = new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  severity: { warning: agg.count >= 1, critical: agg.count >= 3 }"));
        timeline.Add(0, "STOP").Add(1000, "STOP").Decisions.Count.ShouldBe(1);
        timeline.Add(2000, "STOP").Decisions[^1].Severity.ShouldBe(Severity.Critical);
    }

    [Fact]
    public void Vars_name_parts_of_conditions()
    {
        var timeline = new Timeline(Timeline.Group("- alert: A\n  on: BLOCK_IO_ERROR\n  vars: { full: 'has(event.data.nospace) && event.data.nospace' }\n  where: full"));
        timeline.Add(0, "BLOCK_IO_ERROR", data: Report).Add(1, "BLOCK_IO_ERROR", data: Stop).Decisions.Single().Because.ShouldBe([2]);
    }

    [Fact]
    public void Hosts_are_keys_of_many_machines()
    {
        var timeline = new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  by: [vm.host, 'kind: event.name.lower()']\n  count: \">= 2\"\n  within: 1m"));
        timeline.Add(0, "STOP", "a", host: "h1").Add(1, "STOP", "b", host: "h2").Add(2, "STOP", "c").Add(3, "STOP", "d", host: "h1");
        timeline.Lines.ShouldBe(["firing A [h1 stop] at 3 decided 3 because 1,4"]);
    }

    [Fact]
    public void A_key_that_is_left_out_never_fires() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  exceptions: [ { key: { vm: a }, reason: scratch } ]")).Add(0, "STOP", "a").Add(1, "STOP", "b").Lines
            .ShouldBe(["firing A [b] at 1 decided 1 because 2"]);

    [Fact]
    public void Shadow_rules_decide_in_silence() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  mode: shadow")).Add(0, "STOP").Decisions.Single().Silent.ShouldBeTrue();

    [Fact]
    public void A_disabled_rule_does_nothing() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  mode: disabled")).Add(0, "STOP").Decisions.ShouldBeEmpty();
}
