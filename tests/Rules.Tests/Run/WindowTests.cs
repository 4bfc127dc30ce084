namespace Qualm.Rules.Tests.Run;

public sealed class WindowTests
{
    private const string Read = """{"type":"read","node-name":"q0","sector-num":8,"sectors-count":1}""";

    [Fact]
    public void The_last_different_value_fires_and_the_texts_name_all()
    {
        var timeline = new Timeline(Timeline.Group("""
            - alert: HostStorageFault
              on: STOP
              by: [vm.host]
              distinct: { of: vm.id, is: ">= 3" }
              within: 60s
              severity: { warning: "agg.distinct >= 3", critical: "agg.distinct >= 4" }
              annotations: { summary: "{{ agg.distinct }} of {{ agg.count }}: {{ agg.members }}" }
            """));
        timeline.Add(0, "STOP", "a", host: "h").Add(1000, "STOP", "a", host: "h").Add(2000, "STOP", "b", host: "h").Add(3000, "STOP", "c", host: "h").Add(4000, "STOP", "d", host: "h").Tick(200000);
        timeline.Lines.ShouldBe(
        [
            "firing HostStorageFault [h] at 3000 decided 3000 because 1,2,3,4",
            "severity HostStorageFault [h] at 4000 decided 4000 because 5",
            "resolved HostStorageFault [h] at 62000 decided 64000 because 5 condition",
        ]);
        timeline.Decisions[0].Summary.ShouldBe("3 of 4: ['a', 'b', 'c']");
    }

    [Fact]
    public void A_value_that_is_not_there_is_no_match() =>
        new Timeline(Timeline.Group("- alert: A\n  on: QUORUM_REPORT_BAD\n  max: { of: event.data.sector_num, is: \"> 5\" }\n  within: 10s"))
            .Add(0, "QUORUM_REPORT_BAD").Add(1000, "QUORUM_REPORT_BAD", data: Read).Lines.ShouldBe(["firing A [vm-1] at 1000 decided 1000 because 2"]);

    [Fact]
    public void A_sum_waits_for_the_lateness_and_a_late_event_of_its_window_counts() =>
        new Timeline(Timeline.Group("- alert: A\n  on: QUORUM_REPORT_BAD\n  sum: { of: event.data.sector_num, is: \">= 16\" }\n  within: 10s"))
            .Add(5000, "QUORUM_REPORT_BAD", data: Read).Add(4000, "QUORUM_REPORT_BAD", data: Read, stamp: 6000).Tick(100000).Lines
            .ShouldBe(["firing A [vm-1] at 5000 decided 7000 because 1,2", "resolved A [vm-1] at 14000 decided 17000 because 2 condition"]);

    [Fact]
    public void A_window_rule_with_for_fires_only_where_it_holds_that_long() =>
        new Timeline(Timeline.Group("- alert: A\n  on: STOP\n  count: \">= 2\"\n  within: 10s\n  for: 8s"))
            .Add(0, "STOP").Add(5000, "STOP").Add(100000, "STOP").Add(101000, "STOP").Tick(300000).Lines
            .ShouldBe(
            [
                "pending A [vm-1] at 5000 decided 5000 because 1,2",
                "resolved A [vm-1] at 10000 decided 12000 because 2 condition",
                "pending A [vm-1] at 101000 decided 101000 because 3,4",
                "firing A [vm-1] at 109000 decided 111000 because 3,4",
                "resolved A [vm-1] at 110000 decided 112000 because 4 condition",
            ]);

    [Fact]
    public void A_ratio_is_judged_when_either_side_changes()
    {
        var timeline = new Timeline(Timeline.Group("""
            - alert: ResetStorm
              by: [vm.host]
              ratio: { num: { distinct: vm.id, on: RESET }, den: host.vms, is: ">= 0.5", min: 2 }
              within: 10s
            """));
        foreach (var vm in (string[])["a", "b", "c", "d"]) timeline.Add(0, "RESUME", vm, host: "h");
        timeline.Add(1000, "RESET", "a").Add(2000, "RESET", "a").Add(3000, "RESET", "b").Tick(100000).Lines
            .ShouldBe(["firing ResetStorm [h] at 3000 decided 5000 because 5,6,7", "resolved ResetStorm [h] at 12000 decided 14000 because 6 condition"]);
    }

    [Fact]
    public void A_flapping_value_fires_at_high_and_resolves_below_low()
    {
        var timeline = new Timeline(Timeline.Group("""
            - alert: Flapping
              on: VSERPORT_CHANGE
              flap: { value: event.data.open, history: 5, high: 0.75, low: 0.5 }
              within: 1h
            """));
        foreach (var (at, open) in new (int, bool)[] { (1, true), (2, false), (3, true), (4, false), (5, false), (6, false), (7, false) })
        {
            timeline.Add(at * 1000, "VSERPORT_CHANGE", data: $$"""{"id":"p","open":{{(open ? "true" : "false")}}}""");
        }

        timeline.Tick(10000).Lines.ShouldBe(["firing Flapping [vm-1] at 4000 decided 6000 because 1,2,3,4", "resolved Flapping [vm-1] at 7000 decided 9000 because 7 condition"]);
    }
}
