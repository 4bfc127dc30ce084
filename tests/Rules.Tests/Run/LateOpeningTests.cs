namespace Qualm.Rules.Tests.Run;

/// <summary>
/// A settled window opens its alert when the opening has settled. Matches after the opening that have come by then count for it,
/// or for the next one, as if they came only now. Whether the sum is judged event by event or not makes no difference.
/// </summary>
public sealed class LateOpeningTests
{
    private const string Whole = "{ of: event.data.len, is: '> 60' }";
    private const string Scaled = "{ of: 'double(event.data.len) * 0.25', is: '> 15.0' }";

    [Theory]
    [InlineData(Whole)]
    [InlineData(Scaled)]
    public void A_match_that_came_before_the_opening_was_decided_keeps_the_alert_up(string sum)
    {
        var timeline = Of(sum);
        Add(timeline, 100_000, 100_000, 61);
        Add(timeline, 101_500, 101_500, 1);
        timeline.Tick(130_000);
        timeline.Lines.ShouldBe(
        [
            "firing Copied [vm-1] at 100000 decided 102000 because 1",
            "resolved Copied [vm-1] at 111500 decided 113500 because 2 quiet",
        ]);
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(Scaled)]
    public void Matches_that_follow_each_other_while_the_opening_settles_are_one_alert(string sum)
    {
        var timeline = Of(sum, "lateness: 1m");
        for (var i = 0; i < 6; i++) Add(timeline, 100_000 + (i * 9_000), 100_000 + (i * 9_000), i == 0 ? 61 : 1);
        timeline.Tick(300_000);
        timeline.Lines.ShouldBe(
        [
            "firing Copied [vm-1] at 100000 decided 160000 because 1",
            "resolved Copied [vm-1] at 155000 decided 215000 because 6 quiet",
        ]);
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(Scaled)]
    public void What_came_before_the_opening_was_decided_and_lies_behind_its_end_opens_the_next_alert_in_its_own_time(string sum)
    {
        var timeline = Of(sum);
        Add(timeline, 120_368, 120_368, 70);
        Add(timeline, 106_970, 122_331, 70);
        timeline.Tick(200_000);
        timeline.Lines.ShouldBe(
        [
            "firing Copied [vm-1] at 106970 decided 122368 because 2",
            "resolved Copied [vm-1] at 116970 decided 134331 because 2 quiet",
            "firing Copied [vm-1] at 120368 decided 134331 because 1",
            "resolved Copied [vm-1] at 130368 decided 134331 because 1 quiet",
        ]);
    }

    [Theory]
    [InlineData(Whole)]
    [InlineData(Scaled)]
    public void What_was_held_back_for_the_next_alert_counts_for_it_in_whatever_order_it_is_judged(string sum)
    {
        var timeline = Of(sum);
        Add(timeline, 120_368, 120_368, 9);
        timeline.Tick(121_331);
        Add(timeline, 106_970, 122_331, 70);
        Add(timeline, 124_989, 124_323, 1);
        Add(timeline, 124_077, 124_821, 61);
        Add(timeline, 124_947, 124_947, 2);
        Add(timeline, 140_468, 140_942, 5);
        timeline.Tick(200_000);
        timeline.Lines.ShouldBe(
        [
            "firing Copied [vm-1] at 106970 decided 122368 because 2",
            "resolved Copied [vm-1] at 116970 decided 134331 because 2 quiet",
            "firing Copied [vm-1] at 124077 decided 134331 because 1,4",
            "resolved Copied [vm-1] at 134989 decided 136323 because 3 quiet",
        ]);
    }

    private static Timeline Of(string sum, string more = "") => new(Timeline.Group($$"""
        - alert: Copied
          on: BLOCK_JOB_COMPLETED
          sum: {{sum}}
          within: 20s
          {{more}}
          resolve: [ { quiet: 10s } ]
        """));

    private static void Add(Timeline timeline, long at, long stamp, int length) =>
        timeline.Add(at, "BLOCK_JOB_COMPLETED", "vm-1", $$"""{"type":"mirror","device":"d","len":{{length}},"offset":0,"speed":0}""", stamp);
}
