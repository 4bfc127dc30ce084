namespace Qualm.Rules.Tests.Run;

public sealed class WhenTests
{
    private static readonly string TooLong = Timeline.Group("""
        - alert: PausedTooLong
          when: 'vm.status == "paused" && age(vm.since) >= duration("600s")'
        """);

    [Fact]
    public void An_age_is_a_deadline_that_the_end_of_the_state_meets() =>
        new Timeline(TooLong).Add(1000, "STOP").Add(300000, "WAKEUP").Add(601000, "RESUME").Tick(1_000_000).Lines.ShouldBeEmpty();

    [Fact]
    public void An_age_that_is_reached_fires_after_the_lateness_and_falls_with_the_state() =>
        new Timeline(TooLong).Add(1000, "STOP").Add(300000, "RTC_CHANGE").Add(700000, "RESUME").Tick(1_000_000).Lines
            .ShouldBe(["firing PausedTooLong [vm-1] at 601000 decided 603000 because 1", "resolved PausedTooLong [vm-1] at 700000 decided 702000 because 3 condition"]);

    [Fact]
    public void A_state_that_ends_after_the_age_and_before_its_decision_has_held() =>
        new Timeline(TooLong).Add(1000, "STOP").Add(602000, "RESUME").Tick(1_000_000).Lines
            .ShouldBe(["firing PausedTooLong [vm-1] at 601000 decided 603000 because 1", "resolved PausedTooLong [vm-1] at 602000 decided 604000 because 2 condition"]);

    [Fact]
    public void An_age_past_its_limit_is_past_it_a_microsecond_later() =>
        new Timeline(TooLong.Replace(">=", ">", StringComparison.Ordinal)).Add(1000, "STOP").Tick(1_000_000).Decisions.ShouldHaveSingleItem().At.Micros.ShouldBe(601_000_001);

    [Fact]
    public void A_state_must_hold_for_its_time_between_events() =>
        new Timeline(Timeline.Group("- alert: A\n  when: vm.status == \"paused\"\n  for: 20s"))
            .Add(0, "STOP").Add(20000, "RESUME").Add(30000, "STOP").Add(50001, "RESUME").Tick(100000).Lines
            .ShouldBe(
            [
                "pending A [vm-1] at 0 decided 2000 because 1",
                "resolved A [vm-1] at 20000 decided 22000 because 2 condition",
                "pending A [vm-1] at 30000 decided 32000 because 3",
                "firing A [vm-1] at 50000 decided 52000 because 3",
                "resolved A [vm-1] at 50001 decided 52001 because 4 condition",
            ]);

    [Fact]
    public void A_condition_resolves_only_after_an_event_has_changed_what_it_reads() =>
        new Timeline(Timeline.Group("- alert: A\n  on: RTC_CHANGE\n  resolve: { when: vm.status == \"running\" }"))
            .Add(0, "RESUME").Add(1000, "RTC_CHANGE").Add(2000, "WAKEUP").Add(3000, "STOP").Add(4000, "RESUME").Tick(100000).Lines
            .ShouldBe(["firing A [vm-1] at 1000 decided 1000 because 2", "resolved A [vm-1] at 4000 decided 4000 because 5 condition"]);

    [Theory]
    [InlineData("vm.status == \\\"paused\\\" && !(age(vm.since) < duration(\\\"600s\\\"))", 601_000_000)]
    [InlineData("vm.panicked || (vm.status == \\\"paused\\\" && duration(\\\"600s\\\") <= age(vm.since))", 601_000_000)]
    [InlineData("vm.status == \\\"paused\\\" ? age(vm.since) > duration(\\\"600s\\\") : false", 601_000_001)]
    [InlineData("[vm.status].exists(s, s == \\\"paused\\\" && age(vm.since) >= duration(\\\"600s\\\"))", 601_000_000)]
    [InlineData("vm.status == \\\"paused\\\" && (age(vm.since) >= duration(\\\"600s\\\") || age(vm.since) >= duration(\\\"900s\\\"))", 601_000_000)]
    [InlineData("vm.status == \\\"paused\\\" && age(vm.since) > duration(\\\"0.0000015s\\\")", 1_000_002)]
    public void An_age_is_a_deadline_wherever_it_stands(string condition, long at) =>
        new Timeline(Timeline.Group($"- alert: A\n  when: \"{condition}\"")).Add(1000, "STOP").Add(300000, "RTC_CHANGE").Tick(1_000_000).Decisions.ShouldHaveSingleItem().At.Micros.ShouldBe(at);

    [Fact]
    public void Between_two_ages_it_holds_for_a_while() =>
        new Timeline(Timeline.Group("- alert: A\n  when: 'vm.status == \"paused\" && age(vm.since) >= duration(\"10s\") && !(age(vm.since) >= duration(\"30s\"))'"))
            .Add(1000, "STOP").Tick(100000).Lines.ShouldBe(["firing A [vm-1] at 11000 decided 13000 because 1", "resolved A [vm-1] at 31000 decided 33000 because 1 condition"]);

    [Fact]
    public void A_state_resolves_alerts_whose_key_names_more_than_the_events_that_change_it() =>
        new Timeline(Timeline.Group("- alert: A\n  on: BLOCK_JOB_READY\n  by: [vm.id, event.data.device]\n  resolve: { when: vm.status == \"paused\" }"))
            .Add(0, "RESUME").Add(1000, "BLOCK_JOB_READY", data: "{\"type\":\"mirror\",\"device\":\"d0\",\"len\":1,\"offset\":0,\"speed\":0}").Add(2000, "STOP").Lines
            .ShouldBe(["firing A [vm-1 d0] at 1000 decided 1000 because 2", "resolved A [vm-1 d0] at 2000 decided 2000 because 3 condition"]);
}
