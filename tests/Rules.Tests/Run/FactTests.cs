using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class FactTests
{
    private const string Panic = """
        - alert: Panic
          on: GUEST_PANICKED
          resolve: { on: RESET }

        """;

    [Fact]
    public void A_fact_holds_while_any_of_its_supports_does() =>
        new Timeline(Timeline.Group("""
            - alert: Panic
              on: GUEST_PANICKED
              by: [vm.id, vm.host]
              resolve: { on: RESET }
            - alert: Stopped
              on: STOP
              by: [vm.host]
              resolve: { on: RESUME }
            - fact: HostSuspect
              by: [host.id]
              when: 'firing("Panic") || firing("Stopped")'
            """))
            .Add(0, "GUEST_PANICKED", "a", host: "h1").Add(1000, "GUEST_PANICKED", "b", host: "h1").Add(2000, "STOP", "c", host: "h1").Add(2500, "STOP", "d", host: "h2")
            .Add(3000, "RESET", "a", host: "h1").Add(4000, "RESUME", "c", host: "h1").Add(5000, "RESET", "b", host: "h1").Tick(20000)
            .Lines.Where(l => l.Contains("HostSuspect")).ShouldBe(
            [
                "firing HostSuspect [h1] at 0 decided 4000 because 1",
                "firing HostSuspect [h2] at 2500 decided 6500 because 4",
                "resolved HostSuspect [h1] at 5000 decided 9000 because 7 condition",
            ]);

    [Fact]
    public void A_condition_asks_for_what_is_concluded_at_the_moment() =>
        new Timeline(Timeline.Group(Panic + """
            - alert: StopAfterPanic
              on: STOP
              where: firing("Panic")
            """)).Add(0, "STOP").Add(1000, "GUEST_PANICKED").Add(1500, "STOP", "vm-2").Add(2000, "STOP").Lines.Last().ShouldBe("firing StopAfterPanic [vm-1] at 2000 decided 2000 because 4");

    [Fact]
    public void Pending_is_not_firing() =>
        new Timeline(Timeline.Group("""
            - alert: Panic
              on: GUEST_PANICKED
              for: 10s
              resolve: { on: RESET }
            - fact: Dead
              when: firing("Panic")
            """)).Add(0, "GUEST_PANICKED").Tick(100000).Lines.ShouldBe(
            [
                "pending Panic [vm-1] at 0 decided 0 because 1",
                "firing Panic [vm-1] at 10000 decided 12000 because 1",
                "firing Dead [vm-1] at 10000 decided 16000 because 1",
            ]);

    [Fact]
    public void A_state_and_a_conclusion_go_together() =>
        new Timeline(Timeline.Group(Panic + """
            - alert: DeadAndPaused
              when: 'firing("Panic") && vm.status == "paused"'
            """)).Add(0, "GUEST_PANICKED").Add(5000, "STOP").Add(9000, "RESET").Tick(60000).Lines.Where(l => l.Contains("DeadAndPaused")).ShouldBe(
            [
                "firing DeadAndPaused [vm-1] at 5000 decided 9000 because 2",
                "resolved DeadAndPaused [vm-1] at 9000 decided 13000 because 3 condition",
            ]);

    [Fact]
    public void A_conclusion_about_a_part_of_the_key_concerns_every_known_key_that_agrees() =>
        new Timeline(Timeline.Group("""
            - fact: HostDown
              on: STOP
              by: [vm.host]
              resolve: { on: RESUME }
            - alert: Concerned
              by: [vm.id, vm.host]
              when: fact("HostDown")
            """))
            .Add(0, "RTC_CHANGE", "a", host: "h1").Add(100, "RTC_CHANGE", "b", host: "h1").Add(200, "RTC_CHANGE", "c", host: "h2")
            .Add(1000, "STOP", "b", host: "h1").Add(2000, "RESUME", "b", host: "h1").Tick(60000).Lines.Where(l => l.Contains("Concerned")).ShouldBe(
            [
                "firing Concerned [a h1] at 1000 decided 5000 because 4",
                "firing Concerned [b h1] at 1000 decided 5000 because 4",
                "resolved Concerned [a h1] at 2000 decided 6000 because 5 condition",
                "resolved Concerned [b h1] at 2000 decided 6000 because 5 condition",
            ]);

    [Fact]
    public void A_resolve_over_conclusions_is_judged_when_they_change() =>
        new Timeline(Timeline.Group(Panic + """
            - alert: Trouble
              on: STOP
              where: firing("Panic")
              resolve: { when: '!firing("Panic")' }
            """)).Add(0, "GUEST_PANICKED").Add(1000, "STOP").Add(2000, "RTC_CHANGE").Add(3000, "RESET").Lines.ShouldBe(
            [
                "firing Panic [vm-1] at 0 decided 0 because 1",
                "firing Trouble [vm-1] at 1000 decided 1000 because 2",
                "resolved Panic [vm-1] at 3000 decided 3000 because 4 event",
                "resolved Trouble [vm-1] at 3000 decided 3000 because 4 condition",
            ]);

    [Fact]
    public void Conclusions_decided_out_of_order_hold_as_of_their_times() =>
        new Timeline(Timeline.Group("""
            - alert: Few
              on: STOP
              count: ">= 1"
              within: 10s
            - alert: Panic
              on: GUEST_PANICKED
              resolve: { on: RESET }
            - fact: Either
              when: firing("Few") || firing("Panic")
            """)).Add(0, "STOP").Add(11000, "GUEST_PANICKED").Add(20000, "RESET").Tick(60000).Lines.Where(l => l.Contains("Either")).ShouldBe(
            [
                "firing Either [vm-1] at 0 decided 4000 because 1",
                "resolved Either [vm-1] at 10000 decided 15000 because 1 condition",
                "firing Either [vm-1] at 11000 decided 15000 because 2",
                "resolved Either [vm-1] at 20000 decided 24000 because 3 condition",
            ]);

    [Fact]
    public void Ladders_and_texts_ask_too() =>
        new Timeline(Timeline.Group(Panic + """
            - alert: Stop
              on: STOP
              severity: { warning: "true", critical: firing("Panic") }
              annotations: { summary: 'panic: {{ firing("Panic") }}' }
            """)).Add(0, "GUEST_PANICKED").Add(1000, "STOP").Decisions.Last().ShouldSatisfyAllConditions(d => d.Severity.ShouldBe(Severity.Critical), d => d.Summary.ShouldBe("panic: true"));

    [Fact]
    public void A_shadow_alert_is_seen_by_facts_and_shadow_rules_only() =>
        new Timeline(Timeline.Group("""
            - alert: Panic
              on: GUEST_PANICKED
              mode: shadow
            - alert: Real
              on: STOP
              where: firing("Panic")
            - alert: Tried
              on: STOP
              where: firing("Panic")
              mode: shadow
            - fact: Fact
              on: STOP
              where: firing("Panic")
            """)).Add(0, "GUEST_PANICKED").Add(1000, "STOP").Decisions.Select(d => d.Alert).ShouldBe(["Panic", "Fact", "Tried"]);

    [Fact]
    public void A_reload_keeps_what_stands()
    {
        var rules = Panic + "- alert: Stop\n  on: STOP\n  where: firing(\"Panic\")\n";
        var timeline = new Timeline(Timeline.Group(rules)).Add(0, "GUEST_PANICKED");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(rules + "- alert: Other\n  on: RESET\n")), Timeline.Ms(500), timeline);
        timeline.Add(1000, "STOP").Add(2000, "RESET").Add(3000, "STOP").Decisions.Count(d => d is { Alert: "Stop", Transition: TransitionKind.Firing }).ShouldBe(1);
    }

    [Fact]
    public void A_changed_rule_that_asks_how_others_stand_takes_its_alert_over()
    {
        const string Rules = "- alert: Panic\n  on: GUEST_PANICKED\n  resolve: { on: RESET }\n- alert: Stop\n  on: STOP\n  resolve: { when: '!firing(\"Panic\")' }\n";
        var timeline = new Timeline(Timeline.Group(Rules)).Add(0, "GUEST_PANICKED").Add(1000, "STOP");
        timeline.Session.Activate(Timeline.Compile(Timeline.Group(Rules + "  lateness: 5s\n")), Timeline.Ms(2000), timeline);
        timeline.Add(3000, "RESUME").Add(4000, "RESET").Tick(60_000).Lines.Last().ShouldBe("resolved Stop [vm-1] at 4000 decided 4000 because 4 condition");
    }

    [Fact]
    public void A_changed_source_is_warmed_with_its_readers_and_nothing_is_derived_twice()
    {
        const string Rules = """
            - emit: Burst
              on: STOP
              count: ">= 2"
              within: 60s
            - alert: Bursts
              on: Burst
              count: ">= 2"
              within: 1h
            - fact: Dead
              on: GUEST_PANICKED
              resolve: { on: RESET }
            - alert: DeadGuest
              when: fact("Dead")
            """;
        var before = Timeline.Compile(Timeline.Group(Rules));
        var next = Timeline.Compile(Timeline.Group(Rules.Replace("within: 60s", "within: 50s", StringComparison.Ordinal).Replace("resolve: { on: RESET }", "resolve: { on: [RESET, RESUME] }", StringComparison.Ordinal)));
        var timeline = new Timeline(before);
        var warming = new RuleWarming(before, next);
        warming.Names.ShouldBe(["Burst", "Dead", "Bursts", "DeadGuest"]);
        timeline.Session.Foresee(warming);
        timeline.Add(0, "STOP").Add(1000, "STOP").Add(2000, "GUEST_PANICKED").Tick(20000);
        timeline.Session.Activate(next, Timeline.Ms(30000), timeline, warming);
        timeline.Add(200000, "STOP").Add(201000, "STOP").Add(210000, "RESUME").Tick(300000).Lines.ShouldBe(
        [
            "firing Burst [vm-1] at 1000 decided 1000 because 1,2",
            "firing Dead [vm-1] at 2000 decided 2000 because 3",
            "firing DeadGuest [vm-1] at 2000 decided 6000 because 3",
            "firing Burst [vm-1] at 201000 decided 201000 because 4,5",
            "firing Bursts [vm-1] at 201000 decided 201000 because 1,2,4,5",
            "resolved Dead [vm-1] at 210000 decided 210000 because 6 event",
            "resolved DeadGuest [vm-1] at 210000 decided 214000 because 6 condition",
        ]);
    }
}
