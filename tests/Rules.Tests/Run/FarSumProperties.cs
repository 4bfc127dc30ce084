using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

/// <summary>
/// A sum that is far from its limit is not judged event by event; one of fractions always is. Of the same numbers, scaled, both
/// decide the same, and at the same times.
/// </summary>
public sealed class FarSumProperties
{
    private const string Rules = """
        - alert: Whole
          on: BLOCK_JOB_COMPLETED
          sum: { of: event.data.len, is: "LIMIT 60" }
          within: 20s
          RESOLVE
          annotations: { summary: "{{ agg.count }}" }
        - alert: Scaled
          on: BLOCK_JOB_COMPLETED
          sum: { of: "double(event.data.len) * 0.25", is: "LIMIT 15.0" }
          within: 20s
          RESOLVE
          annotations: { summary: "{{ agg.count }}" }
        """;

    // None is a multiple of four, so that a quarter of it is no whole number.
    private static readonly int[] Values = [1, 2, 3, 5, 6, 7, 9, 1, 2, 3, -3, -5, 41, 58, 61, 70];

    private sealed record Step(int After, int Behind, int Value, int Weight, bool IsTick, bool OfOther);

    private static readonly Gen<Step> Steps =
        from after in Gen.Frequency((6, Gen.Choose(0, 1500)), (2, Gen.Constant(1000)), (1, Gen.Choose(15_000, 30_000)))
        from behind in Gen.Frequency((5, Gen.Constant(0)), (2, Gen.Choose(-1500, 2500)), (1, Gen.Choose(2000, 25_000)))
        from value in Gen.Frequency((12, Gen.Choose(0, 11)), (1, Gen.Choose(12, 15)))
        from weight in Gen.Frequency((8, Gen.Constant(1)), (1, Gen.Constant(3)))
        from tick in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        from other in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Step(after, behind, value, weight, tick, other);

    [Theory]
    [InlineData(">=", "")]
    [InlineData(">", "resolve: [ { quiet: 10s } ]")]
    [InlineData(">=", "for: 3s")]
    [InlineData(">", "for: 3s\n  resolve: [ { quiet: 6s } ]")]
    [InlineData(">=", "lateness: 9s\n  resolve: [ { quiet: 4s }, { on: BLOCK_JOB_COMPLETED, where: event.data.len == 9 } ]")]
    public void A_sum_decides_the_same_far_from_its_limit_as_near_it(string limit, string resolve) =>
        Prop.ForAll(Gen.ListOf(Steps).Resize(80).ToArbitrary(), steps => AreSame(limit, resolve, [.. steps])).QuickCheckThrowOnFailure();

    private static void AreSame(string limit, string resolve, List<Step> steps)
    {
        var timeline = new Timeline(Timeline.Group(Rules.Replace("LIMIT", limit, StringComparison.Ordinal).Replace("RESOLVE", resolve, StringComparison.Ordinal)));
        var now = 1_000_000L;
        foreach (var step in steps)
        {
            now += step.After;
            if (step.IsTick) timeline.Tick(now);
            else timeline.Add(now - step.Behind, "BLOCK_JOB_COMPLETED", step.OfOther ? "vm-2" : "vm-1", $$"""{"type":"mirror","device":"d","len":{{Values[step.Value]}},"offset":0,"speed":0}""", now, step.Weight);
        }

        var pending = timeline.Session.Pending.ToLookup(p => p.Rule, p => $"{p.Due.Micros} {p.Key[0].Value}");
        pending["Whole"].ShouldBe(pending["Scaled"]);
        timeline.Tick(now + 200_000);
        Of(timeline, "Whole").ShouldBe(Of(timeline, "Scaled"));
        timeline.Session.Pending.ShouldBeEmpty();
    }

    private static IEnumerable<string> Of(Timeline timeline, string alert) =>
        timeline.Decisions.Where(d => d.Alert == alert).Select(d => $"{Timeline.Line(d).Replace(alert, "", StringComparison.Ordinal)} {d.Summary}");
}
