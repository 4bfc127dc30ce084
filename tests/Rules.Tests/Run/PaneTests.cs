using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

public sealed class PaneTests
{
    private static string Rule(string keys) => Timeline.Group("- alert: A\n  on: STOP\n  " + string.Join("\n  ", keys.Split(" | ")));

    private const string Job = """{"device":"job0","operation":"read","action":"report"}""";

    private static readonly string Hourly = Rule("count: \">= 3\" | within: 10s | window: tumbling");
    private static readonly string Visit = Rule("count: \">= 3\" | gap: 5s | window: session");

    [Fact]
    public void A_tumbling_window_holds_its_start_and_not_its_end() =>
        new Timeline(Hourly).Add(9000, "STOP").Add(10000, "STOP").Add(19999, "STOP").Add(20000, "STOP").Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void A_count_falls_at_the_end_of_its_tumbling_window_whatever_comes_then() =>
        new Timeline(Hourly).Add(11000, "STOP").Add(12000, "STOP").Add(19999, "STOP").Add(20000, "STOP", weight: 3).Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 19999 decided 19999 because 1,2,3",
            "resolved A [vm-1] at 20000 decided 22000 because 3 condition",
            "firing A [vm-1] at 20000 decided 22000 because 4",
            "resolved A [vm-1] at 30000 decided 32000 because 4 condition",
        ]);

    [Fact]
    public void What_comes_out_of_order_counts_in_its_own_window_until_that_is_closed()
    {
        new Timeline(Hourly).Add(1000, "STOP", weight: 2).Add(11000, "STOP").Add(9000, "STOP", stamp: 11500).Tick(60000).Lines.First()
            .ShouldBe("firing A [vm-1] at 9000 decided 11500 because 1,3");
        new Timeline(Hourly).Add(1000, "STOP", weight: 2).Add(11000, "STOP").Add(9000, "STOP", stamp: 12001).Tick(60000).Lines.ShouldBeEmpty();
    }

    [Fact]
    public void Windows_before_the_epoch_are_aligned_as_well() =>
        new Timeline(Hourly).Add(-1000, "STOP", weight: 2, stamp: 5000).Add(1000, "STOP", stamp: 5001).Tick(60000).Lines.ShouldBeEmpty();

    [Fact]
    public void Too_few_is_said_of_a_window_without_events_too_and_once() =>
        new Timeline(Rule("count: \"< 2\" | within: 10s | window: tumbling")).Add(1000, "STOP", weight: 2).Add(95000, "STOP").Add(101000, "STOP", weight: 2).Tick(200000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 20000 decided 22000 because 1",
            "resolved A [vm-1] at 110000 decided 112000 because 3 condition",
            "firing A [vm-1] at 120000 decided 122000 because 3",
        ]);

    [Theory]
    [InlineData("vm.id")]
    [InlineData("event.data.device")]
    public void A_window_that_was_judged_is_not_judged_again_when_events_of_it_come_an_hour_late(string key)
    {
        const int Hour = 3_600_000;
        var timeline = new Timeline(Timeline.Group($$"""
            - alert: A
              on: BLOCK_JOB_ERROR
              by: [{{key}}]
              count: "< 2"
              within: 10s
              window: tumbling
              resolve: { quiet: 20s }
            """));
        timeline.Add(1000, "BLOCK_JOB_ERROR", data: Job).Add(3000, "BLOCK_JOB_ERROR", stamp: Hour, data: Job).Add(14000, "BLOCK_JOB_ERROR", stamp: Hour + 11000, data: Job).Tick(Hour + 60000);
        timeline.Lines.Count(l => l.Contains("at 10000", StringComparison.Ordinal)).ShouldBe(1);
        timeline.Lines.ShouldContain(l => l.StartsWith("firing", StringComparison.Ordinal) && l.Contains("at 20000", StringComparison.Ordinal), "what was not judged is");
        timeline.Decisions.GroupBy(d => d.Episode).ShouldAllBe(e => e.Count() <= 2);
    }

    [Fact]
    public void A_ladder_sees_each_window_as_it_was() =>
        new Timeline(Rule("count: \"< 3\" | within: 10s | window: tumbling | severity: { warning: agg.count > 0, critical: agg.count == 0 }")).Add(1000, "STOP").Tick(60000).Decisions
            .Select(d => $"{TransitionJson.Name(d.Transition)} {TransitionJson.Name(d.Severity)} {d.At.Micros / 1000}").ShouldBe(["firing warning 10000", "severity critical 20000"]);

    [Fact]
    public void A_gap_of_exactly_its_length_prolongs_a_session() =>
        new Timeline(Visit).Add(0, "STOP").Add(5000, "STOP").Add(10000, "STOP").Add(15000, "STOP").Add(20001, "STOP").Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 10000 decided 10000 because 1,2,3",
            "resolved A [vm-1] at 20000 decided 22000 because 4 condition",
        ]);

    [Fact]
    public void An_event_out_of_order_joins_two_sessions() =>
        new Timeline(Visit).Add(0, "STOP").Add(6000, "STOP").Add(3000, "STOP", stamp: 6500).Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 6000 decided 6500 because 1,2,3",
            "resolved A [vm-1] at 11000 decided 13000 because 2 condition",
        ]);

    [Fact]
    public void A_session_lasts_no_longer_than_it_may() =>
        new Timeline(Rule("count: \">= 3\" | gap: 5s | within: 8s | window: session")).Add(0, "STOP").Add(4000, "STOP").Add(8000, "STOP").Add(8001, "STOP").Add(9000, "STOP", weight: 2).Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 8000 decided 8000 because 1,2,3",
            "resolved A [vm-1] at 8000 decided 10000 because 3 condition",
            "firing A [vm-1] at 9000 decided 10000 because 4,5",
            "resolved A [vm-1] at 14000 decided 16000 because 5 condition",
        ]);

    [Fact]
    public void A_session_goes_on_when_an_earlier_one_that_fires_ends_beside_it() =>
        new Timeline(Rule("count: \">= 3\" | gap: 5s | within: 12s | window: session"))
            .Add(1000, "STOP").Add(6000, "STOP", stamp: 8000).Add(12000, "STOP").Add(13500, "STOP").Add(11000, "STOP", stamp: 14000).Add(15000, "STOP").Tick(60000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 11000 decided 14000 because 1,2,5",
            "resolved A [vm-1] at 13000 decided 18000 because 5 condition",
            "firing A [vm-1] at 15000 decided 18000 because 3,4,6",
            "resolved A [vm-1] at 20000 decided 22000 because 6 condition",
        ]);

    [Fact]
    public void What_becomes_due_in_the_past_waits_for_the_other_events_of_the_same_stamp() =>
        new Timeline(Rule("count: \"== 5\" | gap: 4s | within: 10s | window: session"))
            .Add(0, "STOP", stamp: 5000).Add(4000, "STOP", stamp: 9500).Add(10000, "STOP").Add(7000, "STOP", stamp: 15000).Add(10000, "STOP", stamp: 15000).Tick(60000).Lines.ShouldBe(
                ["firing A [vm-1] at 10000 decided 17000 because 1,2,3,4,5"]);

    [Fact]
    public void What_a_session_came_to_stands_until_the_next_one_is_over() =>
        new Timeline(Rule("count: \"< 2\" | gap: 5s | window: session")).Add(0, "STOP").Add(30000, "STOP").Add(34000, "STOP").Tick(90000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 5000 decided 7000 because 1",
            "resolved A [vm-1] at 39000 decided 41000 because 3 condition",
        ]);

    [Theory]
    [InlineData("window: tumbling | within: 10s")]
    [InlineData("window: session | gap: 5s | within: 10s")]
    public void Texts_see_the_window_up_to_the_event_that_decides(string window)
    {
        var rule = Timeline.Group($$$"""
            - alert: A
              on: QUORUM_FAILURE
              distinct: { of: event.data.reference, is: ">= 2" }
              {{{window.Replace(" | ", "\n  ", StringComparison.Ordinal)}}}
              annotations: { summary: "{{ agg.count }} {{ agg.distinct }} {{ agg.first }} {{ agg.last }} {{ agg.members }}" }
            """);
        static string Failed(string reference) => $$"""{"reference":"{{reference}}","sector-num":1,"sectors-count":1}""";
        new Timeline(rule).Add(1000, "QUORUM_FAILURE", data: Failed("b")).Add(4000, "QUORUM_FAILURE", data: Failed("b")).Add(3000, "QUORUM_FAILURE", data: Failed("a"), stamp: 5000)
            .Decisions.ShouldHaveSingleItem().Summary.ShouldBe("2 2 1970-01-01T00:00:01Z 1970-01-01T00:00:03Z ['a', 'b']");
    }

    [Fact]
    public void A_quiet_end_looks_at_events_of_all_windows_and_empties_the_one_at_hand() =>
        new Timeline(Rule("count: \">= 2\" | within: 10s | window: tumbling | resolve: { quiet: 7s }")).Add(1000, "STOP").Add(2000, "STOP").Add(9000, "STOP").Add(12000, "STOP").Add(19500, "STOP").Tick(90000).Lines.ShouldBe(
        [
            "firing A [vm-1] at 2000 decided 2000 because 1,2",
            "resolved A [vm-1] at 19000 decided 21000 because 4 quiet",
        ]);

    [Theory]
    [InlineData("count: \">= 4\" | within: 10s | window: tumbling", "firing A [vm-1] at 3000 decided 3000 because 1,2,3")]
    [InlineData("count: \">= 4\" | gap: 5s | window: session", "firing A [vm-1] at 3000 decided 3000 because 1,2,3")]
    [InlineData("count: \"== 4\" | within: 10s | window: tumbling", "firing A [vm-1] at 10000 decided 12000 because 1,2,3")]
    [InlineData("count: \"== 4\" | gap: 5s | window: session", "firing A [vm-1] at 8000 decided 10000 because 1,2,3")]
    public void An_unchanged_rule_keeps_its_windows(string keys, string fires)
    {
        var timeline = new Timeline(Rule(keys)).Add(1000, "STOP").Add(2000, "STOP", weight: 2);
        timeline.Session.Activate(Timeline.Compile("# moved\n" + Rule(keys)), Timeline.Ms(2500), timeline);
        timeline.Add(3000, "STOP").Tick(60000).Lines.First().ShouldBe(fires);
    }

    [Theory]
    [InlineData("{{ vm.name }} {{ agg.sum }} {{ key.vm }}", "vm-1 3 vm-1")]
    [InlineData("{{ event.data.reference }} {{ agg.sum }}", "r2 3")]
    public void Texts_of_what_is_decided_later_see_the_event_if_they_ask_for_it(string text, string said)
    {
        foreach (var window in (string[])["sliding", "tumbling", "session\n  gap: 9s"])
        {
            var rule = Timeline.Group($"- alert: A\n  on: QUORUM_FAILURE\n  sum: {{ of: event.data.sector_num, is: \">= 3\" }}\n  within: 10s\n  window: {window}\n  annotations: {{ summary: \"{text}\" }}");
            var compiled = Timeline.Compile(rule);
            compiled.Rules.ShouldHaveSingleItem().ShowsEvent.ShouldBe(text.Contains("event", StringComparison.Ordinal));
            new Timeline(compiled).Add(1000, "QUORUM_FAILURE", data: """{"reference":"r1","sector-num":1,"sectors-count":1}""")
                .Add(2000, "QUORUM_FAILURE", data: """{"reference":"r2","sector-num":2,"sectors-count":1}""").Tick(30000).Decisions[0].Summary.ShouldBe(said);
        }
    }
}
