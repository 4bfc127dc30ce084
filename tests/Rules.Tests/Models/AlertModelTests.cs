using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;
using Timeline = Qualm.Rules.Tests.Run.Timeline;

namespace Qualm.Rules.Tests.Models;

/// <summary>The life of an alert agrees with <see cref="SlowAlert"/>, whatever its rule asks for and whatever comes.</summary>
public sealed class AlertModelTests
{
    private static readonly Arbitrary<(int Gap, int Kind, int Value)[]> Streams =
        (from gap in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(0, 3)), (1, Gen.Choose(4, 15)))
         from kind in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)))
         from value in Gen.Choose(0, 5)
         select (gap, kind, value)).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(3, 0, 0, 0)]
    [InlineData(0, 9, 0, 0)]
    [InlineData(3, 9, 0, 0)]
    [InlineData(0, 0, 4, 0)]
    [InlineData(0, 0, 0, 6)]
    [InlineData(0, 9, 4, 6)]
    [InlineData(3, 9, 4, 6)]
    [InlineData(5, 4, 4, 7)]
    public void Every_life_of_an_alert_is_as_the_slow_way_has_it(int hold, int cooldown, int again, int escalation)
    {
        var slow = new SlowAlert(hold, cooldown, again, escalation);
        var set = Timeline.Compile(Rule(slow));
        Prop.ForAll(Streams, stream =>
        {
            var inputs = Inputs(stream);
            var (fast, expected) = (Play(set, inputs, []), slow.Decide(inputs));
            return fast.SequenceEqual(expected).Label($"\nfast:\n{string.Join('\n', fast)}\nslow:\n{string.Join('\n', expected)}\nof:\n{string.Join('\n', inputs)}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void Ticks_at_any_instant_change_nothing_in_it()
    {
        var set = Timeline.Compile(Rule(new SlowAlert(3, 9, 4, 6)));
        var cases = (from stream in Streams.Generator from ticks in Gen.Choose(0, 120_000).ArrayOf() select (stream, ticks)).ToArbitrary();
        Prop.ForAll(cases, c =>
        {
            var inputs = Inputs(c.stream);
            return Play(set, inputs, [.. c.ticks.Order()]).SequenceEqual(Play(set, inputs, []));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static string Rule(SlowAlert slow)
    {
        var text = "- alert: A\n  on: QUORUM_FAILURE\n  resolve: [ { on: RESET } ]\n  severity: { warning: event.data.sector_num >= 0, critical: event.data.sector_num >= 3 }\n";
        if (slow.Hold > 0) text += $"  for: {slow.Hold}s\n";
        if (slow.Cooldown > 0) text += $"  cooldown: {slow.Cooldown}s\n";
        if (slow.Again > 0) text += $"  renotify: {slow.Again}s\n";
        text += slow.Escalation > 0 ? $"  actions: {{ firing: [a], resolved: [a], unacknowledged: {{ after: {slow.Escalation}s, to: [b] }} }}\n" : "  actions: [a]\n";
        return Timeline.Group(text);
    }

    private static SlowAlert.Input[] Inputs((int Gap, int Kind, int Value)[] stream)
    {
        var at = 0;
        return [.. stream.Select(s => new SlowAlert.Input(at += s.Gap, (SlowAlert.Kind)s.Kind, s.Value))];
    }

    // Ticks in milliseconds, in order.
    private static string[] Play(RuleSet set, SlowAlert.Input[] inputs, int[] ticks)
    {
        var timeline = new Timeline(set);
        var next = 0;
        foreach (var input in inputs)
        {
            while (next < ticks.Length && ticks[next] <= input.At * 1000) timeline.Tick(ticks[next++]);
            switch (input.Kind)
            {
                case SlowAlert.Kind.Match:
                    timeline.Add(input.At * 1000, "QUORUM_FAILURE", data: $$"""{"reference":"q","sector-num":{{input.Value}},"sectors-count":1}""");
                    break;
                case SlowAlert.Kind.Reset:
                    timeline.Add(input.At * 1000, "RESET");
                    break;
                default:
                    timeline.Tick(input.At * 1000);
                    timeline.Session.Acknowledge(new OperatorCommand.Acknowledge(AlertId.Of("A", [new KeyPart("vm", "vm-1", true)]), "ann", ""), Timeline.Ms(input.At * 1000), new Position(77), timeline);
                    break;
            }
        }

        while (next < ticks.Length) timeline.Tick(ticks[next++]);
        timeline.Tick(SlowAlert.Horizon * 1000);
        return [.. timeline.Decisions.Select(d => $"{TransitionJson.Name(d.Transition)}{(d.Reason is null ? "" : " " + d.Reason)} {TransitionJson.Name(d.Severity)} at {d.At.Micros / Instant.Second} decided {d.DecidedAt.Micros / Instant.Second}")];
    }
}
