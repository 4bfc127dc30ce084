using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

public sealed class CountProperties
{
    private static readonly string Falls = Timeline.Group("- alert: Three\n  on: STOP\n  count: \">= 3\"\n  within: 10s");
    private static readonly string Quiet = Falls + "    resolve: { quiet: 15s }\n";

    /// <summary>Gaps and delays in seconds, so that equal times are frequent; delays within and beyond the lateness.</summary>
    private static Arbitrary<(int Gap, int Delay, int Weight)[]> Streams(int maxDelay) =>
        (from gap in Gen.Choose(0, 9)
         from delay in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, maxDelay)))
         from weight in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(1, 3)))
         select (gap, delay, weight)).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Falling_counts_agree_with_the_slow_way(int maxDelay) => Agree(Falls, null, maxDelay);

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Quiet_counts_agree_with_the_slow_way(int maxDelay) => Agree(Quiet, 15000, maxDelay);

    [Fact]
    public void Ticks_between_events_change_nothing() => Prop.ForAll(Streams(4), stream =>
    {
        var (plain, ticked) = (new Timeline(Falls), new Timeline(Falls));
        foreach (var e in Arrivals(stream))
        {
            plain.Add(e.At, "STOP", stamp: e.Stamp, weight: e.Weight, position: e.Position);
            for (var t = e.Stamp - 3000; t <= e.Stamp; t += 500) ticked.Tick(t);
            ticked.Add(e.At, "STOP", stamp: e.Stamp, weight: e.Weight, position: e.Position);
        }

        return plain.Tick(1_000_000).Lines.SequenceEqual(ticked.Tick(1_000_000).Lines);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_rules_in_a_file_changes_nothing() => Prop.ForAll(Streams(4), stream =>
    {
        string[] rules = ["- alert: A\n  on: STOP\n  resolve: { quiet: 4s }", "- alert: B\n  on: STOP\n  count: \">= 2\"\n  within: 5s", "- alert: C\n  on: STOP\n  resolve: { quiet: 4s }"];
        var (one, other) = (new Timeline(Timeline.Group(string.Join('\n', rules))), new Timeline(Timeline.Group(string.Join('\n', rules.Reverse()))));
        foreach (var e in Arrivals(stream))
        {
            foreach (var timeline in (Timeline[])[one, other]) timeline.Add(e.At, "STOP", e.Position % 2 == 0 ? "a" : "b", stamp: e.Stamp, weight: e.Weight, position: e.Position);
        }

        return one.Tick(1_000_000).Lines.SequenceEqual(other.Tick(1_000_000).Lines);
    }).QuickCheckThrowOnFailure();

    private static void Agree(string rule, long? quiet, int maxDelay)
    {
        var set = Timeline.Compile(rule);
        Prop.ForAll(Streams(maxDelay), stream =>
        {
            var (fast, slow) = (new Timeline(set), new SlowCount(3, 10000, quiet, 2000));
            foreach (var e in Arrivals(stream))
            {
                fast.Add(e.At, "STOP", stamp: e.Stamp, weight: e.Weight, position: e.Position);
                slow.Arrive(e);
            }

            fast.Tick(10_000_000);
            slow.AdvanceTo(10_000_000);
            return fast.Lines.SequenceEqual(slow.Lines).Label($"\nfast:\n{string.Join('\n', fast.Lines)}\nslow:\n{string.Join('\n', slow.Lines)}\nof:\n{string.Join('\n', Arrivals(stream))}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static SlowCount.Arrival[] Arrivals((int Gap, int Delay, int Weight)[] stream)
    {
        var at = 0L;
        var made = new List<SlowCount.Arrival>();
        foreach (var (gap, delay, weight) in stream)
        {
            at += gap * 1000L;
            made.Add(new SlowCount.Arrival(at, at + (delay * 1000L), 0, weight));
        }

        return [.. made.OrderBy(e => e.Stamp).Select((e, i) => e with { Position = i + 1 })];
    }
}
