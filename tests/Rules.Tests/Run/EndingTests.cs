namespace Qualm.Rules.Tests.Run;

public sealed class EndingTests
{
    private static string Rule(string resolve, string more = "") =>
        Timeline.Group($"- alert: A\n  on: GUEST_PANICKED\n  resolve: {resolve}{more}");

    private static readonly string Resumed = Rule("{ on: RESET, for: 5s }");

    [Fact]
    public void An_ending_that_must_stand_is_decided_at_its_time() =>
        new Timeline(Resumed).Add(0, "GUEST_PANICKED").Add(1000, "RESET").Add(3000, "RESET").Tick(7999).Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 0 decided 0 because 1",
            "resolved A [vm-1] at 6000 decided 8000 because 2 event",
        ]);

    [Theory]
    [InlineData(1000)]
    [InlineData(4000)]
    [InlineData(6000)]
    public void A_match_before_or_at_its_time_takes_the_ending_back(long at) =>
        new Timeline(Resumed).Add(0, "GUEST_PANICKED").Add(1000, "RESET").Add(at, "GUEST_PANICKED").Tick(60000).Lines.ShouldHaveSingleItem();

    [Fact]
    public void A_match_after_its_time_belongs_to_the_next_episode() =>
        new Timeline(Resumed).Add(0, "GUEST_PANICKED").Add(1000, "RESET").Add(6001, "GUEST_PANICKED").Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 0 decided 0 because 1",
            "resolved A [vm-1] at 6000 decided 8000 because 2 event",
            "firing A [vm-1] at 6001 decided 8000 because 3",
        ]);

    [Fact]
    public void A_match_that_comes_late_takes_back_only_endings_before_it() =>
        new Timeline(Resumed).Add(0, "GUEST_PANICKED").Add(1000, "RESET").Add(4000, "RESET").Add(2000, "GUEST_PANICKED", stamp: 4500).Tick(60000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 9000 decided 11000 because 3 event");

    [Fact]
    public void An_ending_that_overtook_its_opening_stands_from_when_it_came() =>
        new Timeline(Resumed).Add(1000, "RESET").Add(500, "GUEST_PANICKED", stamp: 1500).Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 500 decided 1500 because 2",
            "resolved A [vm-1] at 6000 decided 8000 because 1 event",
        ]);

    [Fact]
    public void An_ending_that_stands_while_it_is_pending_clears_it() =>
        new Timeline(Rule("{ on: RESET, for: 5s }", "\n  for: 10s")).Add(0, "GUEST_PANICKED").Add(5000, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 0 decided 0 because 1",
            "resolved A [vm-1] at 10000 decided 12000 because 2 event",
        ]);

    [Fact]
    public void An_ending_that_stands_only_after_it_has_fired_lets_it_fire_first() =>
        new Timeline(Rule("{ on: RESET, for: 5s }", "\n  for: 10s")).Add(0, "GUEST_PANICKED").Add(5001, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 0 decided 0 because 1",
            "firing A [vm-1] at 10000 decided 12000 because 1",
            "resolved A [vm-1] at 10001 decided 12001 because 2 event",
        ]);

    [Fact]
    public void To_stay_quiet_is_to_be_quiet_for_longer() =>
        new Timeline(Rule("{ quiet: 10s, for: 5s }")).Add(0, "GUEST_PANICKED").Add(15000, "GUEST_PANICKED").Tick(60000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 30000 decided 32000 because 2 quiet");

    private static readonly string Running = Timeline.Group("- alert: A\n  on: RTC_CHANGE\n  resolve: { when: 'vm.status == \"running\"', for: 10s }");

    [Fact]
    public void A_state_must_hold_for_its_time_without_a_break() =>
        new Timeline(Running).Add(0, "STOP").Add(1000, "RTC_CHANGE").Add(2000, "RESUME").Add(12000, "STOP").Add(13000, "RESUME").Add(20000, "RTC_CHANGE").Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 1000 decided 1000 because 2",
            "resolved A [vm-1] at 23000 decided 25000 because 5 condition",
        ]);

    [Fact]
    public void A_state_that_breaks_after_its_time_and_before_the_decision_has_held() =>
        new Timeline(Running).Add(0, "STOP").Add(1000, "RTC_CHANGE").Add(2000, "RESUME").Add(12001, "STOP").Tick(60000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 12000 decided 14000 because 3 condition");

    [Fact]
    public void An_age_under_resolve_is_a_deadline() =>
        new Timeline(Timeline.Group("- alert: A\n  on: RTC_CHANGE\n  resolve: { when: 'vm.status == \"running\" && age(vm.since) > duration(\"10s\")' }"))
            .Add(0, "STOP").Add(1000, "RTC_CHANGE").Add(2000, "RESUME").Tick(60000).Decisions.Last().At.Micros.ShouldBe(12_000_001);

    [Fact]
    public void A_state_and_quiet_must_both_be_there() =>
        new Timeline(Timeline.Group("- alert: A\n  on: RTC_CHANGE\n  resolve: { when: 'vm.status == \"running\"', quiet: 10s }"))
            .Add(0, "STOP").Add(1000, "RTC_CHANGE").Add(2000, "RESUME").Add(8000, "RTC_CHANGE").Add(17999, "STOP").Add(30000, "RESUME").Tick(60000).Lines.ShouldBe(
            [
                "firing A [vm-1] at 1000 decided 1000 because 2",
                "resolved A [vm-1] at 30000 decided 30000 because 6 condition",
            ]);

    [Fact]
    public void A_subject_must_stay_away_for_its_time()
    {
        var rule = Rule("{ subject_gone: true, for: 10s }");
        var gone = """{"guest":false,"reason":"host-qmp-quit"}""";
        new Timeline(rule).Add(0, "GUEST_PANICKED").Add(1000, "SHUTDOWN", data: gone).Add(1500, "MONITOR_LOST").Add(5000, "MONITOR_CONNECTED").Tick(60000).Lines.ShouldHaveSingleItem();
        new Timeline(rule).Add(0, "GUEST_PANICKED").Add(1000, "SHUTDOWN", data: gone).Add(1500, "MONITOR_LOST").Tick(60000).Lines.Last()
            .ShouldBe("resolved A [vm-1] at 11000 decided 13000 because 2 subject_gone");
    }

    private static readonly string Unanswered = Timeline.Group("- alert: A\n  on: GUEST_PANICKED\n  absent: { on: RESET }\n  within: 5s\n  for: 3s");

    [Fact]
    public void An_absence_must_last_for_its_time() =>
        new Timeline(Unanswered).Add(0, "GUEST_PANICKED").Tick(7001).Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 5000 decided 7000 because 1",
            "firing A [vm-1] at 8000 decided 10000 because 1",
        ]);

    [Theory]
    [InlineData(5001, 5001)]
    [InlineData(6900, 6900)]
    [InlineData(8000, 8000)]
    [InlineData(8000, 9999)]
    public void What_is_awaited_clears_an_absence_until_it_has_lasted(long at, long stamp)
    {
        foreach (var resolve in (string[])["", "    resolve: { quiet: 1h }\n"])
        {
            new Timeline(Unanswered + resolve).Add(0, "GUEST_PANICKED").Add(at, "RESET", stamp: stamp).Tick(60000).Lines.ShouldBe(
            [
                "pending A [vm-1] at 5000 decided 7000 because 1",
                $"resolved A [vm-1] at {at} decided {Math.Max(7000, stamp)} because 2 event",
            ]);
        }
    }

    [Fact]
    public void What_is_awaited_at_the_deadline_is_in_time() =>
        new Timeline(Unanswered).Add(0, "GUEST_PANICKED").Add(5000, "RESET", stamp: 6500).Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void What_is_awaited_after_it_has_lasted_ends_it_even_if_it_came_before_the_decision() =>
        new Timeline(Unanswered.Replace("for: 3s", "for: 1s", StringComparison.Ordinal)).Add(0, "GUEST_PANICKED").Add(6500, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "pending A [vm-1] at 5000 decided 7000 because 1",
            "firing A [vm-1] at 6000 decided 8000 because 1",
            "resolved A [vm-1] at 6500 decided 8000 because 2 event",
        ]);
}
