namespace Qualm.Rules.Tests.Run;

public sealed class CountTests
{
    private static readonly string Falls = Timeline.Group("""
        - alert: Three
          on: STOP
          count: ">= 3"
          within: 10s
        """);

    private static readonly string Quiet = Timeline.Group("""
        - alert: Three
          on: STOP
          count: "> 2"
          within: 10s
          resolve: { quiet: 30s }
        """);

    [Fact]
    public void The_event_that_completes_the_window_fires_and_all_in_it_are_the_cause() =>
        new Timeline(Falls).Add(0, "STOP").Add(5000, "STOP").Add(9999, "STOP").Lines
            .ShouldBe(["firing Three [vm-1] at 9999 decided 9999 because 1,2,3"]);

    [Fact]
    public void A_window_holds_its_end_and_not_its_start() =>
        new Timeline(Falls).Add(0, "STOP").Add(5000, "STOP").Add(10000, "STOP").Tick(100000).Lines.ShouldBeEmpty();

    [Fact]
    public void A_weight_counts_in_full() =>
        new Timeline(Falls).Add(0, "STOP").Add(1000, "STOP", weight: 2).Lines.ShouldBe(["firing Three [vm-1] at 1000 decided 1000 because 1,2"]);

    [Fact]
    public void The_condition_falls_when_too_few_are_left_and_that_is_decided_after_the_lateness() =>
        new Timeline(Falls).Add(0, "STOP").Add(1000, "STOP").Add(2000, "STOP").Add(5000, "STOP").Tick(50000).Lines.ShouldBe(
        [
            "firing Three [vm-1] at 2000 decided 2000 because 1,2,3",
            "resolved Three [vm-1] at 11000 decided 13000 because 4 condition",
        ]);

    [Fact]
    public void Events_at_the_very_moment_of_the_fall_can_keep_it_up() =>
        new Timeline(Falls).Add(0, "STOP", weight: 3).Add(10000, "STOP", weight: 3).Tick(12000).Tick(50000).Lines.ShouldBe(
        [
            "firing Three [vm-1] at 0 decided 0 because 1",
            "resolved Three [vm-1] at 20000 decided 22000 because 2 condition",
        ]);

    [Fact]
    public void Events_after_the_fall_belong_to_the_next_episode() =>
        new Timeline(Falls).Add(0, "STOP", weight: 3).Add(10500, "STOP", weight: 3).Tick(50000).Lines.ShouldBe(
        [
            "firing Three [vm-1] at 0 decided 0 because 1",
            "resolved Three [vm-1] at 10000 decided 12000 because 1 condition",
            "firing Three [vm-1] at 10500 decided 12000 because 2",
            "resolved Three [vm-1] at 20500 decided 22500 because 2 condition",
        ]);

    [Fact]
    public void Out_of_order_events_are_judged_in_every_window_that_holds_them() =>
        new Timeline(Falls).Add(1000, "STOP").Add(9000, "STOP").Add(20000, "STOP").Add(2000, "STOP", stamp: 20000).Tick(20001).Lines.ShouldBe(
        [
            "firing Three [vm-1] at 9000 decided 20000 because 1,2,4",
            "resolved Three [vm-1] at 11000 decided 20000 because 2 condition",
        ]);

    [Fact]
    public void An_event_serves_one_episode_only() =>
        new Timeline(Quiet).Add(0, "STOP", weight: 3).Tick(40000).Add(41000, "STOP", weight: 2).Add(42000, "STOP").Lines.ShouldBe(
        [
            "firing Three [vm-1] at 0 decided 0 because 1",
            "resolved Three [vm-1] at 30000 decided 32000 because 1 quiet",
            "firing Three [vm-1] at 42000 decided 42000 because 2,3",
        ]);

    [Fact]
    public void An_event_that_ends_the_episode_empties_the_window() =>
        new Timeline(Timeline.Group("- alert: Two\n  on: STOP\n  count: \">= 2\"\n  within: 1m\n  resolve: { on: RESUME }"))
            .Add(0, "STOP").Add(1, "STOP").Add(2, "RESUME").Add(3, "STOP").Lines.Count().ShouldBe(2);

    [Fact]
    public void Keys_of_several_parts_are_told_apart()
    {
        var rule = Timeline.Group("""
            - alert: Bad
              on: QUORUM_REPORT_BAD
              by: [vm.id, event.data.node_name]
              count: ">= 2"
              within: 10s
              resolve: [ { on: RESET } ]
            """);
        static string Bad(string node) => $$"""{"type":"read","node-name":"{{node}}","sector-num":0,"sectors-count":1}""";
        new Timeline(rule).Add(0, "QUORUM_REPORT_BAD", data: Bad("a")).Add(1, "QUORUM_REPORT_BAD", data: Bad("b"))
            .Add(2, "QUORUM_REPORT_BAD", "vm-2", Bad("b")).Add(3, "QUORUM_REPORT_BAD", data: Bad("\\u0062")).Add(4, "QUORUM_REPORT_BAD", data: Bad("a")).Add(5, "RESET").Lines.ShouldBe(
            [
                "firing Bad [vm-1 b] at 3 decided 3 because 2,4",
                "firing Bad [vm-1 a] at 4 decided 4 because 1,5",
                "resolved Bad [vm-1 a] at 5 decided 5 because 6 event",
                "resolved Bad [vm-1 b] at 5 decided 5 because 6 event",
            ]);
    }
}
