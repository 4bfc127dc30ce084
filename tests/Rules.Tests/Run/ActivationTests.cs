using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class ActivationTests
{
    private const string Three = "- alert: Three\n  on: STOP\n  count: \">= 3\"\n  within: 10s\n";
    private const string Point = "- alert: Point\n  on: GUEST_PANICKED\n  resolve: { on: RESET }\n";
    private const string Paused = "- alert: Paused\n  when: 'vm.status == \"paused\"'\n";
    private const string Other = "- alert: Other\n  on: RESUME\n";

    [Fact]
    public void Unchanged_rules_keep_their_state_wherever_they_stand()
    {
        var reload = new Reload(Three + Point, "- alert: Another\n  on: RESUME\n" + Point + Three);
        reload.Warming.Names.ShouldBe(["Another"]);
        reload.Timeline.Add(0, "STOP").Add(1000, "STOP").Add(1500, "GUEST_PANICKED");
        reload.At(1600).Add(2000, "STOP").Add(3000, "GUEST_PANICKED").Add(4000, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "firing Point [vm-1] at 1500 decided 1500 because 3",
            "firing Three [vm-1] at 2000 decided 2000 because 1,2,4",
            "resolved Point [vm-1] at 4000 decided 4000 because 6 event",
            "resolved Three [vm-1] at 10000 decided 12000 because 4 condition",
        ]);
    }

    [Theory]
    [InlineData("  annotations: { summary: other }\n")]
    [InlineData("  labels: { team: virt }\n")]
    [InlineData("  runbook_url: https://example.org/point\n")]
    [InlineData("  actions: [ops]\n")]
    [InlineData("  actions: { firing: [ops] }\n")]
    public void What_a_rule_says_and_whom_it_tells_is_no_change_of_it(string said) =>
        new Reload(Three, Three + said).Warming.Names.ShouldBeEmpty();

    [Theory]
    [InlineData("  severity: critical\n")]
    [InlineData("  mode: shadow\n")]
    [InlineData("  cooldown: 1m\n")]
    [InlineData("  exceptions: [ { key: { vm: vm-1 }, reason: known } ]\n")]
    [InlineData("  annotations: { summary: \"{{ event.data.action }}\" }\n")]
    public void What_a_rule_does_or_remembers_is(string done) =>
        new Reload(Point, Point + done).Warming.Names.ShouldBe(["Point"]);

    [Fact]
    public void New_texts_and_receivers_count_from_the_next_decision_on_and_who_was_paged_hears_of_the_end()
    {
        var reload = new Reload(Point + "  actions: [old]\n  annotations: { summary: before }\n", Point + "  actions: [new]\n  annotations: { summary: after }\n");
        reload.Timeline.Add(0, "GUEST_PANICKED");
        reload.At(500).Add(700, "RESET").Add(800, "GUEST_PANICKED").Add(900, "RESET").Decisions
            .Select(d => $"{d.Summary} {string.Join(',', d.Receivers)}").ShouldBe(["before old", "before new,old", "after new", "after new"]);
    }

    [Fact]
    public void Alerts_of_rules_that_are_gone_resolve()
    {
        var reload = new Reload(Point, Three);
        reload.Timeline.Add(0, "GUEST_PANICKED");
        reload.At(500).Lines.Last().ShouldBe("resolved Point [vm-1] at 500 decided 500 because  rule_removed");
    }

    [Theory]
    [InlineData("  by: [vm.id, event.name]\n")]
    [InlineData("  mode: shadow\n")]
    [InlineData("  exceptions: [ { key: { vm: vm-1 }, reason: known } ]\n")]
    public void Alerts_that_are_no_longer_of_the_rule_resolve(string change)
    {
        var reload = new Reload(Point, Point + change);
        reload.Timeline.Add(0, "GUEST_PANICKED");
        var lines = reload.At(500).Add(600, "STOP").Lines.ToList();
        lines.ShouldBe(["firing Point [vm-1] at 0 decided 0 because 1", "resolved Point [vm-1] at 500 decided 500 because  rule_removed"]);
        reload.Timeline.Decisions.ShouldAllBe(d => !d.Silent);
    }

    [Fact]
    public void What_holds_at_the_activation_pages_and_what_was_completed_before_does_not()
    {
        var reload = new Reload(Other, Three + Point);
        reload.Timeline.Add(1000, "STOP").Add(2000, "GUEST_PANICKED").Add(3000, "STOP").Add(4000, "STOP").Lines.ShouldBeEmpty();
        reload.At(9000).Lines.ShouldBe(["firing Three [vm-1] at 4000 decided 9000 because 1,3,4"]);
        reload.Timeline.Tick(20000).Lines.Last().ShouldBe("resolved Three [vm-1] at 11000 decided 13000 because 4 condition");
        reload.Timeline.Add(21000, "GUEST_PANICKED").Lines.Last().ShouldBe("firing Point [vm-1] at 21000 decided 21000 because 5");
    }

    [Theory]
    [InlineData(9000, true)]
    [InlineData(14000, false)]
    public void A_window_holds_as_long_as_its_condition_does_whatever_ends_its_alerts(long activation, bool pages)
    {
        var reload = new Reload(Other, Three + "  resolve: { quiet: 1h }\n");
        reload.Timeline.Add(1000, "STOP").Add(2000, "STOP").Add(4000, "STOP");
        reload.At(activation).Lines.ShouldBe(pages ? ["firing Three [vm-1] at 4000 decided 9000 because 1,2,3"] : []);

        // One that fires goes on to its own end; else the next three are a new match.
        reload.Timeline.Add(20000, "STOP").Add(21000, "STOP").Add(22000, "STOP").Tick(4_000_000).Lines.Last()
            .ShouldBe("resolved Three [vm-1] at 3622000 decided 3624000 because 6 quiet");
        reload.Timeline.Decisions.Count(d => d.Transition == TransitionKind.Firing).ShouldBe(1);
    }

    [Fact]
    public void Who_has_not_acknowledged_is_counted_from_the_page_that_the_activation_brings()
    {
        var reload = new Reload(Other, Three.Replace("10s", "10m", StringComparison.Ordinal) + "  actions: { firing: [ops], unacknowledged: { after: 1m, to: [boss] } }\n");
        reload.Timeline.Add(1000, "STOP").Add(2000, "STOP").Add(3000, "STOP");
        reload.At(200_000).Tick(590_000).Decisions.Select(d => $"{d.DecidedAt.Micros / 1_000_000} {string.Join(',', d.Receivers)}").ShouldBe(["200 ops", "260 boss"]);
    }

    [Fact]
    public void A_state_that_no_event_told_within_the_look_back_holds_all_the_same()
    {
        var reload = new Reload(Other, Paused, from: 500_000);
        reload.Timeline.Add(0, "STOP");
        reload.At(900_000).Lines.ShouldBe(["firing Paused [vm-1] at 500000 decided 900000 because 1"]);
        reload.Timeline.Add(950_000, "RESUME").Tick(960_000).Lines.Last().ShouldStartWith("resolved Paused [vm-1] at 950000");
    }

    [Fact]
    public void What_is_pending_at_the_activation_fires_at_its_time()
    {
        var reload = new Reload(Other, Point + "  for: 10s\n");
        reload.Timeline.Add(1000, "GUEST_PANICKED");
        reload.At(5000).Tick(20000).Lines.ShouldBe(
        [
            "pending Point [vm-1] at 1000 decided 5000 because 1",
            "firing Point [vm-1] at 11000 decided 13000 because 1",
        ]);
    }

    [Theory]
    [InlineData("30s", 33000)]
    [InlineData("5s", 20000)]
    public void What_was_pending_is_judged_by_the_time_the_rule_now_asks_for(string length, long decided)
    {
        var reload = new Reload(Point + "  for: 1m\n", Point + $"  for: {length}\n");
        reload.Timeline.Add(1000, "GUEST_PANICKED");
        var lines = reload.At(20000).Tick(100_000).Lines.ToList();
        lines.Count.ShouldBe(2);
        lines[1].ShouldMatch($"firing Point .* decided {decided} because 1");
    }

    [Fact]
    public void What_was_pending_and_does_not_hold_under_the_changed_rule_is_withdrawn_without_a_page()
    {
        var pending = "- alert: Three\n  on: STOP\n  count: \">= 1\"\n  within: 1m\n  for: 10s\n";
        var reload = new Reload(pending + "  actions: [ops]\n", pending.Replace(">= 1", ">= 2", StringComparison.Ordinal) + "  actions: [ops]\n");
        reload.Timeline.Add(1000, "STOP");
        reload.At(5000).Tick(200_000).Lines.ShouldBe(
            ["pending Three [vm-1] at 1000 decided 1000 because 1", "resolved Three [vm-1] at 5000 decided 5000 because  condition"]);
        reload.Timeline.Decisions.ShouldAllBe(d => d.Receivers.IsEmpty);
    }

    [Fact]
    public void A_changed_rule_that_was_firing_fires_on_without_a_page()
    {
        var reload = new Reload(Point, Point + "  severity: critical\n", from: 400);
        reload.Timeline.Add(0, "GUEST_PANICKED");
        reload.At(500).Add(600, "GUEST_PANICKED").Add(700, "RESET").Lines.ShouldBe(
        [
            "firing Point [vm-1] at 0 decided 0 because 1",
            "resolved Point [vm-1] at 700 decided 700 because 3 event",
        ]);
        reload.Timeline.Decisions.Select(d => d.Episode).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void An_ending_that_stands_already_is_known_to_a_changed_rule()
    {
        const string Stands = "- alert: A\n  on: STOP\n  resolve: { on: RESUME, for: 5s }\n";
        var reload = new Reload(Stands, Stands + "  cooldown: 1m\n");
        reload.Timeline.Add(1000, "STOP").Add(2000, "RESUME");
        reload.At(3000).Tick(60000).Lines.ShouldBe(["firing A [vm-1] at 1000 decided 1000 because 1", "resolved A [vm-1] at 7000 decided 9000 because 2 event"]);
    }

    [Fact]
    public void A_condition_that_no_longer_holds_under_the_changed_rule_resolves()
    {
        var reload = new Reload(Three, Three.Replace(">= 3", ">= 5", StringComparison.Ordinal));
        reload.Timeline.Add(1000, "STOP").Add(2000, "STOP").Add(3000, "STOP");
        reload.At(4000).Lines.Last().ShouldBe("resolved Three [vm-1] at 4000 decided 4000 because  condition");
    }

    [Fact]
    public void A_match_that_was_resolved_by_a_change_pages_as_an_episode_of_its_own_when_the_change_is_taken_back()
    {
        var reload = new Reload(Three, Three.Replace(">= 3", ">= 5", StringComparison.Ordinal));
        var back = new RuleWarming(Timeline.Compile(Timeline.Group(Three.Replace(">= 3", ">= 5", StringComparison.Ordinal))), Timeline.Compile(Timeline.Group(Three)));
        reload.Timeline.Session.Foresee(back);
        reload.Timeline.Add(1000, "STOP").Add(2000, "STOP").Add(3000, "STOP");
        reload.At(4000).Session.Activate(Timeline.Compile(Timeline.Group(Three)), Timeline.Ms(5000), reload.Timeline, back);
        reload.Timeline.Tick(60000).Lines.ShouldBe(
        [
            "firing Three [vm-1] at 3000 decided 3000 because 1,2,3",
            "resolved Three [vm-1] at 4000 decided 4000 because  condition",
            "firing Three [vm-1] at 3000 decided 5000 because 1,2,3",
            "resolved Three [vm-1] at 11000 decided 13000 because 3 condition",
        ]);
        reload.Timeline.Decisions.Select(d => d.Episode).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void An_absence_that_goes_on_pages_and_one_that_is_awaited_falls_due()
    {
        const string Absent = "- alert: NotReset\n  on: GUEST_PANICKED\n  absent: { on: RESET }\n  within: 10s\n";
        var reload = new Reload(Other, Absent);
        reload.Timeline.Add(0, "GUEST_PANICKED").Add(1000, "GUEST_PANICKED", "vm-2").Add(2000, "RESET", "vm-2").Add(15000, "GUEST_PANICKED", "vm-3");
        reload.At(20000).Tick(40000).Lines.ShouldBe(
        [
            "firing NotReset [vm-1] at 10000 decided 20000 because 1",
            "firing NotReset [vm-3] at 25000 decided 27000 because 4",
        ]);
    }

    [Fact]
    public void An_absence_that_was_told_and_is_over_is_not_told_again_by_a_rule_that_decides_later()
    {
        const string Absent = "- alert: NotReset\n  on: GUEST_PANICKED\n  absent: { on: RESET }\n  within: 9s\n";
        var reload = new Reload(Absent, Absent + "  lateness: 3s\n");
        reload.Timeline.Add(10_000, "GUEST_PANICKED").Add(20_000, "RESET");
        reload.At(21_500).Add(30_000, "GUEST_PANICKED").Tick(60_000).Lines.ShouldBe(
        [
            "firing NotReset [vm-1] at 19000 decided 21000 because 1",
            "resolved NotReset [vm-1] at 20000 decided 21000 because 2 event",
            "firing NotReset [vm-1] at 39000 decided 42000 because 3",
        ]);
    }

    [Fact]
    public void A_window_without_events_that_is_yet_to_be_judged_leaves_what_was_told_of_it_standing()
    {
        const string Few = "- alert: Few\n  on: STOP\n  count: \"<= 1\"\n  within: 9s\n  window: tumbling\n";
        var reload = new Reload(Few, Few + "  lateness: 3s\n");
        reload.Timeline.Add(10_000, "STOP").Add(11_000, "STOP");
        reload.At(29_500).Add(40_000, "STOP").Add(41_000, "STOP").Tick(50_000).Lines.ShouldBe(
        [
            "firing Few [vm-1] at 27000 decided 29000 because 2",
            "resolved Few [vm-1] at 45000 decided 48000 because 4 condition",
        ]);
    }

    [Fact]
    public void A_moment_before_an_alert_that_was_told_does_not_end_it_when_it_is_judged_later()
    {
        const string Sum = "- alert: Sum\n  on: QUORUM_FAILURE\n  sum: { of: event.data.sector_num, is: \">= 9\" }\n  within: 9s\n";
        var reload = new Reload(Sum, Sum + "  lateness: 3s\n");
        Fail(Fail(Fail(reload.Timeline, 14_000, 14_000, 4), 18_500, 18_500, 3), 17_500, 19_000, 2);
        reload.At(20_501).Tick(60_000).Lines.ShouldBe(
        [
            "firing Sum [vm-1] at 18500 decided 20500 because 1,2,3",
            "resolved Sum [vm-1] at 23000 decided 26000 because 1 condition",
        ]);

        static Timeline Fail(Timeline timeline, long at, long stamp, int sector) =>
            timeline.Add(at, "QUORUM_FAILURE", data: $$"""{"reference":"q","sector-num":{{sector}},"sectors-count":1}""", stamp: stamp);
    }

    [Fact]
    public void Different_values_are_forgotten_by_the_clock_of_the_session_that_took_them_over()
    {
        const string Sectors = "- alert: Sectors\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 3\" }\n  within: 10s\n";
        var (fresh, reload) = (new Timeline(Timeline.Group(Sectors)).Alone(), new Reload(Other, Sectors));
        reload.Timeline.Alone();
        Fail(reload.Timeline, 0, 200);
        Fail(fresh, 0, 200);
        reload.At(200 * 60_000L);
        Fail(reload.Timeline, 200, 20_000).ShouldBeLessThan(Fail(fresh, 200, 20_000) * 11 / 10);

        static long Fail(Timeline timeline, int from, int to)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = from; i < to; i++) timeline.Add(i * 60_000L, "QUORUM_FAILURE", data: $$"""{"reference":"q","sector-num":{{i}},"sectors-count":1}""");
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
