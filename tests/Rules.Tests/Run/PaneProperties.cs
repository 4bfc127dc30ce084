using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

public sealed class PaneProperties
{
    private static readonly string[] Functions =
    [
        "count: \">= 3\"", "distinct: { of: event.data.sector_num, is: \">= 3\" }", "max: { of: event.data.sector_num, is: \"> 3\" }", "min: { of: event.data.sector_num, is: \"<= 0\" }",
        "count: \"< 3\"", "count: \"== 2\"", "sum: { of: event.data.sector_num, is: \">= 5\" }", "sum: { of: event.data.sector_num, is: \"< 3\" }",
        "avg: { of: event.data.sector_num, is: \">= 2.5\" }", "min: { of: event.data.sector_num, is: \">= 2\" }", "max: { of: event.data.sector_num, is: \"<= 2\" }",
        "distinct: { of: event.data.sector_num, is: \"<= 1\" }",
    ];

    public static TheoryData<string, string> Windows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var function in Functions)
            {
                data.Add(function, "window: tumbling\n  within: 10s");
                data.Add(function, "window: session\n  gap: 4s\n  within: 12s");
                if (!function.StartsWith("distinct", StringComparison.Ordinal)) data.Add(function, "window: session\n  gap: 4s");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Windows_that_do_not_slide_agree_with_the_slow_way(string function, string window)
    {
        var set = Timeline.Compile(Timeline.Group($"- alert: Rule\n  on: QUORUM_FAILURE\n  {function}\n  {window}"));
        var onArrival = Functions.Take(4).Contains(function);
        long? gap = window.Contains("session", StringComparison.Ordinal) ? 4000 : null;
        long? longest = gap is null ? 10000 : window.Contains("within", StringComparison.Ordinal) ? 12000 : null;
        Prop.ForAll(Streams.SparseOrDense(6), stream =>
        {
            var (fast, slow) = (new Timeline(set), new SlowPanes(Streams.Holds(function), onArrival, gap, longest, 2000));
            foreach (var e in Streams.Arrivals(stream))
            {
                Streams.Add(fast, e);
                slow.Arrive(e);
            }

            fast.Tick(10_000_000);
            slow.AdvanceTo(10_000_000);
            return Streams.Same(fast.Lines, slow.Lines, stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Ticks_change_nothing(string function, string window)
    {
        var set = Timeline.Compile(Timeline.Group($"- alert: Rule\n  on: QUORUM_FAILURE\n  {function}\n  {window}\n  for: 3s\n  resolve: [ {{ quiet: 9s }}, {{ on: STOP }} ]"));
        Prop.ForAll(Streams.Of(4), stream =>
        {
            var (plain, ticked) = (new Timeline(set), new Timeline(set));
            foreach (var e in Streams.Arrivals(stream))
            {
                Streams.Add(plain, e);
                for (var t = e.Stamp - 3000; t <= e.Stamp; t += 500) ticked.Tick(t);
                Streams.Add(ticked, e);
            }

            return plain.Tick(1_000_000).Lines.SequenceEqual(ticked.Tick(1_000_000).Lines);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));
    }
}
