namespace Qualm.Rules.Tests.Run;

public sealed class AbsentTests
{
    private static readonly string NotRecovered = Timeline.Group("""
        - alert: NotRecovered
          on: GUEST_PANICKED
          absent: { on: [RESET, SHUTDOWN] }
          within: 5s
        """);

    private static readonly string Silent = Timeline.Group("""
        - alert: Silent
          absent: { on: RTC_CHANGE }
          within: 10s
        """);

    [Fact]
    public void Decided_at_the_deadline_and_not_before() =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Tick(7000).Tick(7001).Add(9000, "RESET").Lines.ShouldBe(
        [
            "firing NotRecovered [vm-1] at 5000 decided 7000 because 1",
            "resolved NotRecovered [vm-1] at 9000 decided 9000 because 2 event",
        ]);

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void An_answer_in_time_clears_the_wait(long at) =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Add(at, "RESET").Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void An_answer_in_time_may_arrive_within_the_lateness() =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Add(5000, "RESET", stamp: 6900).Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void An_answer_too_late_by_event_time_is_no_answer_but_ends_it() =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Add(5001, "RESET").Tick(60000).Lines.ShouldBe(
        [
            "firing NotRecovered [vm-1] at 5000 decided 7000 because 1",
            "resolved NotRecovered [vm-1] at 5001 decided 7000 because 2 event",
        ]);

    [Fact]
    public void An_answer_after_the_decision_that_was_in_time_resolves_as_late() =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Tick(7500).Add(4000, "RESET", stamp: 8000).Lines.Last()
            .ShouldBe("resolved NotRecovered [vm-1] at 4000 decided 8000 because 2 late");

    [Fact]
    public void An_answer_that_overtook_the_opener_counts() =>
        new Timeline(NotRecovered).Add(1000, "RESET").Add(500, "GUEST_PANICKED", stamp: 1500).Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void An_answer_clears_only_openers_that_are_not_after_it() =>
        new Timeline(NotRecovered).Add(0, "GUEST_PANICKED").Add(2000, "GUEST_PANICKED").Add(1000, "RESET", stamp: 2500).Tick(60000).Lines
            .ShouldBe(["firing NotRecovered [vm-1] at 7000 decided 9000 because 2"]);

    [Fact]
    public void Without_an_opener_every_awaited_event_opens_the_next_wait() =>
        new Timeline(Silent).Add(0, "RTC_CHANGE").Add(9000, "RTC_CHANGE").Add(30000, "RTC_CHANGE").Tick(60000).Lines.ShouldBe(
        [
            "firing Silent [vm-1] at 19000 decided 21000 because 2",
            "resolved Silent [vm-1] at 30000 decided 30000 because 3 event",
            "firing Silent [vm-1] at 40000 decided 42000 because 3",
        ]);
}
