using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class EachTests
{
    private static readonly string Panic = Timeline.Group("""
        - alert: Panic
          on: GUEST_PANICKED
          severity: critical
          resolve: [ { on: RESET }, subject_gone ]
        """);

    private static readonly string Quiet = Timeline.Group("""
        - alert: Panic
          on: GUEST_PANICKED
          resolve: { quiet: 10s }
        """);

    [Fact]
    public void Every_match_of_an_open_episode_pages_once() =>
        new Timeline(Panic).Add(1000, "GUEST_PANICKED").Add(2000, "GUEST_PANICKED").Add(3000, "RESET").Add(4000, "GUEST_PANICKED").Lines.ShouldBe(
        [
            "firing Panic [vm-1] at 1000 decided 1000 because 1",
            "resolved Panic [vm-1] at 3000 decided 3000 because 3 event",
            "firing Panic [vm-1] at 4000 decided 4000 because 4",
        ]);

    [Fact]
    public void Keys_do_not_meddle() =>
        new Timeline(Panic).Add(1000, "GUEST_PANICKED", "a").Add(1500, "RESET", "b").Add(2000, "GUEST_PANICKED", "b").Lines.ShouldBe(
        [
            "firing Panic [a] at 1000 decided 1000 because 1",
            "firing Panic [b] at 2000 decided 2000 because 3",
        ]);

    [Fact]
    public void An_ending_before_the_opening_ends_nothing()
    {
        var timeline = new Timeline(Panic).Add(5000, "GUEST_PANICKED").Add(4999, "RESET", stamp: 5100);
        timeline.Lines.Count().ShouldBe(1);
        timeline.Add(5000, "RESET", stamp: 5200).Lines.Last().ShouldBe("resolved Panic [vm-1] at 5000 decided 5200 because 3 event");
    }

    [Fact]
    public void An_ending_that_overtook_the_opening_ends_it_all_the_same() =>
        new Timeline(Panic).Add(5000, "RESET").Add(4500, "GUEST_PANICKED", stamp: 5500).Lines.ShouldBe(
        [
            "firing Panic [vm-1] at 4500 decided 5500 because 2",
            "resolved Panic [vm-1] at 5000 decided 5500 because 1 event",
        ]);

    [Fact]
    public void A_straggler_of_an_episode_that_is_over_does_not_page_again() =>
        new Timeline(Panic).Add(1000, "GUEST_PANICKED").Add(3000, "RESET").Add(2000, "GUEST_PANICKED", stamp: 3500).Lines.Count().ShouldBe(2);

    [Fact]
    public void Quiet_is_due_its_length_and_the_lateness_after_the_last_match() =>
        new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(5000, "GUEST_PANICKED").Tick(17000).Tick(17001).Lines.ShouldBe(
        [
            "firing Panic [vm-1] at 1000 decided 1000 because 1",
            "resolved Panic [vm-1] at 15000 decided 17000 because 2 quiet",
        ]);

    [Theory]
    [InlineData(11000, 1)]
    [InlineData(11001, 3)]
    public void A_match_at_exactly_the_end_of_the_quiet_prolongs_it(long at, int transitions) =>
        new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(at, "GUEST_PANICKED").Tick(20000).Lines.Count().ShouldBe(transitions);

    [Fact]
    public void A_match_after_the_end_opens_the_next_episode_once_the_end_is_decided() =>
        new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(12000, "GUEST_PANICKED").Tick(14000).Lines.ShouldBe(
        [
            "firing Panic [vm-1] at 1000 decided 1000 because 1",
            "resolved Panic [vm-1] at 11000 decided 13000 because 1 quiet",
            "firing Panic [vm-1] at 12000 decided 13000 because 2",
        ]);

    [Fact]
    public void A_straggler_may_still_join_what_looked_like_two_episodes() =>
        new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(12000, "GUEST_PANICKED").Add(10500, "GUEST_PANICKED", stamp: 12500).Tick(20000).Lines.Count().ShouldBe(1);

    [Fact]
    public void A_deadline_due_at_the_stamp_of_an_event_is_decided_after_it() =>
        new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(11000, "GUEST_PANICKED", stamp: 13000).Tick(13001).Lines.Count().ShouldBe(1);

    [Fact]
    public void A_constant_offset_of_the_clock_changes_no_decision()
    {
        var plain = new Timeline(Quiet).Add(1000, "GUEST_PANICKED").Add(12000, "GUEST_PANICKED", stamp: 12000).Tick(30000);
        var off = new Timeline(Quiet).Add(1000, "GUEST_PANICKED", stamp: 51000).Add(12000, "GUEST_PANICKED", stamp: 62000).Tick(80000);
        off.Decisions.Select(d => d.At).ShouldBe(plain.Decisions.Select(d => d.At));
        off.Decisions.Select(d => d.DecidedAt.Micros - 50_000_000).ShouldBe(plain.Decisions.Select(d => d.DecidedAt.Micros));
    }

    [Fact]
    public void Point_rules_end_after_an_hour_of_quiet_by_default() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP")).Add(0, "STOP").Tick(4_000_000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 3600000 decided 3602000 because 1 quiet");

    [Fact]
    public void Never_is_never() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  resolve: never")).Add(0, "STOP").Tick(400_000_000).Session.NextDue.ShouldBeNull();

    [Fact]
    public void Members_of_an_alternative_must_all_be_met() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  resolve: { on: RESUME, quiet: 10s }")).Add(0, "STOP").Tick(60000).Add(61000, "RESUME").Tick(90000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 61000 decided 61000 because 1 quiet");

    [Fact]
    public void Holding_for_a_time_fires_at_its_deadline_unless_something_ends_it_in_time()
    {
        var rule = Timeline.Group("- alert: A\n  on: STOP\n  for: 20s\n  resolve: [ { on: RESUME } ]");
        new Timeline(rule).Add(0, "STOP").Add(20000, "RESUME").Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 0 decided 0 because 1",
            "resolved A [vm-1] at 20000 decided 20000 because 2 event",
        ]);
        new Timeline(rule).Add(0, "STOP").Add(20001, "RESUME").Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 0 decided 0 because 1",
            "firing A [vm-1] at 20000 decided 22000 because 1",
            "resolved A [vm-1] at 20001 decided 22000 because 2 event",
        ]);
        new Timeline(rule).Add(0, "STOP").Tick(22001).Add(19999, "RESUME", stamp: 23000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 19999 decided 23000 because 2 late");
    }

    [Fact]
    public void Who_was_never_told_of_a_firing_is_not_told_that_it_is_over()
    {
        var rule = Timeline.Group("- alert: A\n  on: STOP\n  for: 20s\n  resolve: [ { on: RESUME } ]\n  actions: [page]");

        new Timeline(rule).Add(0, "STOP").Add(15000, "RESUME").Tick(60000).Decisions.ShouldAllBe(d => d.Receivers.IsEmpty);
        new Timeline(rule).Add(0, "STOP").Add(25000, "RESUME").Tick(60000).Decisions.Where(d => !d.Receivers.IsEmpty).Select(d => d.Transition)
            .ShouldBe([TransitionKind.Firing, TransitionKind.Resolved]);
    }

    [Fact]
    public void An_episode_within_the_cooldown_waits_with_its_page()
    {
        var rule = Timeline.Group("- alert: A\n  on: STOP\n  cooldown: 10s\n  resolve: [ { on: RESUME } ]");
        new Timeline(rule).Add(0, "STOP").Add(1000, "RESUME").Add(2000, "STOP").Add(3000, "RESUME").Tick(60000).Lines.Count().ShouldBe(2);
        new Timeline(rule).Add(0, "STOP").Add(1000, "RESUME").Add(2000, "STOP").Tick(60000).Lines.Last()
            .ShouldBe("firing A [vm-1] at 2000 decided 13000 because 3");
        new Timeline(rule).Add(0, "STOP").Add(1000, "RESUME").Add(11000, "STOP").Lines.Last()
            .ShouldBe("firing A [vm-1] at 11000 decided 11000 because 3");
    }

    [Fact]
    public void What_ends_it_after_the_cooldown_ends_it_once_it_has_been_told()
    {
        var rule = Timeline.Group("- alert: A\n  on: STOP\n  cooldown: 10s\n  resolve: [ { on: RESUME } ]");
        new Timeline(rule).Add(0, "STOP").Add(1000, "RESUME").Add(2000, "STOP").Add(11001, "RESUME").Tick(60000).Lines.Skip(2).ShouldBe(
        [
            "firing A [vm-1] at 2000 decided 13000 because 3",
            "resolved A [vm-1] at 11001 decided 13000 because 4 event",
        ]);
        new Timeline(rule).Add(0, "STOP").Add(1000, "RESUME").Add(2000, "STOP").Add(11000, "RESUME").Tick(60000).Lines.Count().ShouldBe(2);
    }

    [Fact]
    public void A_cooldown_holds_for_what_must_hold_for_a_time_too()
    {
        var rule = Timeline.Group("- alert: A\n  on: STOP\n  for: 5s\n  cooldown: 20s\n  resolve: [ { on: RESUME } ]");
        new Timeline(rule).Add(0, "STOP").Add(8000, "RESUME").Add(10000, "STOP").Add(27000, "RESUME").Tick(60000).Lines.Count(l => l.StartsWith("firing", StringComparison.Ordinal)).ShouldBe(1);
        new Timeline(rule).Add(0, "STOP").Add(8000, "RESUME").Add(10000, "STOP").Tick(60000).Lines.Last()
            .ShouldBe("firing A [vm-1] at 15000 decided 30000 because 3");
    }

    [Fact]
    public void A_match_after_an_ending_that_waits_for_the_page_opens_the_next_episode() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  for: 1s\n  resolve: [ { on: RESUME } ]"))
            .Add(0, "STOP").Add(2000, "RESUME").Add(3000, "STOP").Tick(60000).Lines.ShouldBe(
            [
                "pending A [vm-1] at 0 decided 0 because 1",
                "firing A [vm-1] at 1000 decided 3000 because 1",
                "resolved A [vm-1] at 2000 decided 3000 because 2 event",
                "pending A [vm-1] at 3000 decided 3000 because 3",
                "firing A [vm-1] at 4000 decided 6000 because 3",
            ]);

    [Fact]
    public void What_came_before_the_opening_had_settled_ends_it_at_the_first_of_them() =>
        new Timeline(Timeline.Group("- alert: A\n  absent: { on: STOP }\n  within: 10s"))
            .Add(0, "STOP").Add(10500, "STOP").Add(11000, "STOP").Tick(12001).Lines.ShouldBe(
            [
                "firing A [vm-1] at 10000 decided 12000 because 1",
                "resolved A [vm-1] at 10500 decided 12000 because 2 event",
            ]);

    [Fact]
    public void An_ending_that_names_a_part_of_the_key_counts_though_the_opening_had_not_settled()
    {
        const string Job = "{\"type\":\"mirror\",\"device\":\"d0\",\"len\":1,\"offset\":0,\"speed\":0}";
        new Timeline(Timeline.Group(
            "- alert: A\n  by: [vm.id, event.data.device]\n  on: BLOCK_JOB_READY\n  absent: { on: BLOCK_JOB_COMPLETED }\n  within: 10s\n  resolve: [ { on: RESET }, { quiet: 1h } ]"))
            .Add(0, "BLOCK_JOB_READY", data: Job).Add(10500, "RESET").Tick(12001).Lines.ShouldBe(
            [
                "firing A [vm-1 d0] at 10000 decided 12000 because 1",
                "resolved A [vm-1 d0] at 10500 decided 12000 because 2 event",
            ]);
    }

    [Fact]
    public void A_cooldown_runs_from_the_event_that_an_ending_waited_for() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  cooldown: 12s\n  resolve: { on: RESUME, quiet: 3s }"))
            .Add(26000, "STOP").Add(31000, "RESUME").Add(33000, "STOP").Add(41000, "RESUME").Tick(60000).Lines.Count().ShouldBe(2);
}
