using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

public sealed class WindowProperties
{
    public static TheoryData<string, bool> Settled => new()
    {
        { "count: \"< 3\"", false },
        { "count: \"== 2\"", false },
        { "sum: { of: event.data.sector_num, is: \">= 5\" }", true },
        { "sum: { of: event.data.sector_num, is: \"< 3\" }", false },
        { "avg: { of: event.data.sector_num, is: \">= 2.5\" }", true },
        { "min: { of: event.data.sector_num, is: \">= 2\" }", true },
        { "max: { of: event.data.sector_num, is: \"<= 2\" }", false },
        { "distinct: { of: event.data.sector_num, is: \"<= 1\" }", false },
    };

    [Theory]
    [MemberData(nameof(Settled))]
    public void What_can_be_undone_is_judged_when_it_has_settled(string operation, bool empties)
    {
        var set = Timeline.Compile(Timeline.Group($"- alert: Rule\n  on: QUORUM_FAILURE\n  {operation}\n  within: 10s"));
        var holds = Streams.Holds(operation);
        Prop.ForAll(Streams.Of(5), stream =>
        {
            var (fast, slow) = (new Timeline(set), new SlowWindow(holds, empties, 10000, 2000));
            foreach (var e in Streams.Arrivals(stream))
            {
                Streams.Add(fast, e);
                slow.Arrive(e);
            }

            fast.Tick(10_000_000);
            slow.AdvanceTo(10_000_000);
            return Streams.Same(fast.Lines, slow.Lines, stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    /// <summary>Distinct values counted one by one are a count of firsts; where all values differ it is a plain count.</summary>
    [Fact]
    public void Different_values_that_all_differ_are_a_plain_count()
    {
        var distinct = Timeline.Compile(Timeline.Group("- alert: Rule\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 3\" }\n  within: 10s"));
        var count = Timeline.Compile(Timeline.Group("- alert: Rule\n  on: QUORUM_FAILURE\n  count: \">= 3\"\n  within: 10s"));
        Prop.ForAll(Streams.Of(6), stream =>
        {
            var (one, other) = (new Timeline(distinct), new Timeline(count));
            foreach (var e in Streams.Arrivals(stream))
            {
                Streams.Add(one, e with { Value = e.Position, Weight = 1 });
                Streams.Add(other, e with { Weight = 1 });
            }

            return Streams.Same(one.Tick(10_000_000).Lines, other.Tick(10_000_000).Lines, stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    public static TheoryData<string> OnArrival =>
    [
        "distinct: { of: event.data.sector_num, is: \">= 3\" }",
        "max: { of: event.data.sector_num, is: \"> 3\" }",
        "min: { of: event.data.sector_num, is: \"<= 0\" }",
    ];

    /// <summary>In order, the first window in which it holds is the one that has just been completed.</summary>
    [Theory]
    [MemberData(nameof(OnArrival))]
    public void What_cannot_be_undone_fires_on_arrival_and_falls_when_it_has_left(string operation)
    {
        var set = Timeline.Compile(Timeline.Group($"- alert: Rule\n  on: QUORUM_FAILURE\n  {operation}\n  within: 10s"));
        var holds = Streams.Holds(operation);
        Prop.ForAll(Streams.Of(0), stream =>
        {
            var (fast, slow) = (new Timeline(set), new SlowWindow(holds, true, 10000, 2000));
            foreach (var e in Streams.Arrivals(stream))
            {
                Streams.Add(fast, e);
                slow.Arrive(e);
            }

            fast.Tick(10_000_000);
            slow.AdvanceTo(10_000_000);

            // Events of one moment complete a window one after the other on arrival, and together when it has settled.
            var times = fast.Lines.Select(Times).ToArray();
            return times.SequenceEqual(slow.Lines.Select(Times)).Label($"\nfast:\n{string.Join('\n', fast.Lines)}\nslow:\n{string.Join('\n', slow.Lines)}\nof: {string.Join(' ', Streams.Arrivals(stream).Select(e => $"{e.At}={e.Value}"))}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static string Times(string line) => line[..line.IndexOf(" decided", StringComparison.Ordinal)];
}
