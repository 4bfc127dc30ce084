using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

/// <summary>A chain of four rules over random streams against the obvious way to work it out.</summary>
public sealed class ChainProperties
{
    private static readonly string Rules = Timeline.Group("""
        - emit: Burst
          on: STOP
          where: '!firing("Trouble")'
          count: ">= 2"
          within: 10s
        - alert: Trouble
          on: RESET
          resolve: { on: RESUME }
        - fact: Noisy
          when: 'firing("Trouble") || fact("Bursting")'
        - fact: Bursting
          on: Burst
          count: ">= 2"
          within: 30s
        """);

    private static readonly string[] Names = ["STOP", "STOP", "STOP", "RESET", "RESUME"];

    private static Arbitrary<(int Gap, int Name, int Vm)[]> Streams { get; } =
        (from gap in Gen.Choose(0, 9)
         from name in Gen.Choose(0, Names.Length - 1)
         from vm in Gen.Choose(0, 1)
         select (gap, name, vm)).ArrayOf().Resize(60).ToArbitrary();

    [Fact]
    public void A_chain_agrees_with_the_slow_way()
    {
        var set = Timeline.Compile(Rules);
        Prop.ForAll(Streams, stream =>
        {
            var fast = new Timeline(set);
            var slow = new SlowChain();
            foreach (var (at, name, vm) in Events(stream))
            {
                fast.Add(at, name, vm);
                slow.Add(at, name, vm);
            }

            fast.Tick(10_000_000);
            var (expected, actual) = (slow.Finish(), fast.Decisions.Select(Short).Order(StringComparer.Ordinal).ToArray());
            return expected.SequenceEqual(actual).Label($"\nfast:\n{string.Join('\n', actual)}\nslow:\n{string.Join('\n', expected)}\nof:\n{string.Join('\n', Events(stream))}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Ticks_and_the_order_of_rules_change_nothing()
    {
        var (set, turned) = (Timeline.Compile(Rules), Timeline.Compile(Timeline.Group(string.Join('\n', Rules.Split("  - ")[1..].Reverse().Select(r => "- " + r.Replace("\n  ", "\n", StringComparison.Ordinal).TrimEnd('\n').TrimEnd())))));
        Prop.ForAll(Streams, stream =>
        {
            var (plain, ticked) = (new Timeline(set), new Timeline(turned));
            foreach (var (at, name, vm) in Events(stream))
            {
                plain.Add(at, name, vm);
                for (var t = Math.Max(0, at - 6000); t <= at; t += 500) ticked.Tick(t);
                ticked.Add(at, name, vm);
            }

            var (one, other) = (plain.Tick(10_000_000).Lines, ticked.Tick(10_000_000).Lines);
            return one.SequenceEqual(other).Label($"\n{string.Join('\n', one)}\nbut\n{string.Join('\n', other)}");
        }).QuickCheckThrowOnFailure();
    }

    private static string Short(Qualm.Model.AlertTransition t) => $"{t.At.Micros / 1000:D9} {t.Alert} {t.Key[0].Value} {t.Transition}";

    // Times differ, so that what is concluded at one time does not hang on an order that only the fast way knows.
    private static IEnumerable<(long At, string Name, string Vm)> Events((int Gap, int Name, int Vm)[] stream)
    {
        var at = 0L;
        foreach (var (gap, name, vm) in stream)
        {
            at += (gap * 1000L) + 1;
            yield return (at, Names[name], $"vm-{vm}");
        }
    }
}
