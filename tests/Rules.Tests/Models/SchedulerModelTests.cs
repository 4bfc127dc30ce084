using FsCheck;
using FsCheck.Fluent;
using Timeline = Qualm.Rules.Tests.Run.Timeline;

namespace Qualm.Rules.Tests.Models;

/// <summary>
/// What falls due is decided at its time and in its order: due time, stratum, rule, key. When the clock happens to be looked at changes nothing.
/// Times are whole seconds, so that much falls due at once.
/// </summary>
public sealed class SchedulerModelTests
{
    // Of equal lengths, so that rules meet; those of the upper stratum wait for the lateness of the lower one as well. Their names come first.
    private const string Waiting = """
        - alert: B1
          on: STOP
          absent: { on: WAKEUP }
          within: 5s
        - alert: B2
          on: STOP
          absent: { on: WAKEUP }
          within: 5s
        - alert: C3
          on: [STOP, RESET]
          absent: { on: WAKEUP }
          within: 4s
        - alert: A4
          on: STOP
          where: '!firing("B1")'
          absent: { on: WAKEUP }
          within: 3s
        """;

    private const string Mixed = Waiting + "\n" + """
        - emit: E
          on: RESET
          count: ">= 2"
          within: 4s
        - alert: OnE
          on: E
          for: 3s
          resolve: { quiet: 5s }
        - alert: Few
          on: RESET
          count: "< 2"
          within: 5s
        - alert: Panes
          on: STOP
          count: ">= 2"
          within: 4s
          window: tumbling
        - alert: Session
          on: STOP
          count: ">= 2"
          window: session
          gap: 2s
        - alert: Aged
          when: 'vm.status == "paused" && age(vm.since) > duration("3s")'
        - alert: Again
          on: RESET
          resolve: [ { on: RESUME, for: 2s }, { quiet: 9s } ]
          renotify: 3s
          cooldown: 6s
        - fact: Doubt
          when: 'firing("Aged")'
        - alert: Doubtful
          when: 'fact("Doubt") && vm.status == "paused"'
          for: 2s
        """;

    private static readonly string[] Names = ["STOP", "RESET", "RESUME", "WAKEUP", "STOP"];

    private static readonly Gen<(int Gap, int Kind, int Vm, int Late)[]> Streams =
        (from gap in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(1, 3)), (1, Gen.Choose(4, 12)))
         from kind in Gen.Choose(0, 4)
         from vm in Gen.Choose(1, 5)
         from late in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Constant(1)))
         select (gap, kind, vm, late)).ArrayOf();

    [Fact]
    public void Ticks_at_any_instants_change_no_decision_and_no_order()
    {
        var set = Timeline.Compile(Timeline.Group(Mixed));
        var cases = (from stream in Streams from ticks in Gen.Choose(0, 60_000).ArrayOf() select (stream, ticks)).ToArbitrary();
        Prop.ForAll(cases, c =>
        {
            var (ticking, still) = (Play(set, c.stream, c.ticks), Play(set, c.stream, []));
            return ticking.Lines.SequenceEqual(still.Lines).Label($"\nticking:\n{string.Join('\n', ticking.Lines)}\nstill:\n{string.Join('\n', still.Lines)}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void What_is_due_at_once_is_decided_by_stratum_rule_and_key()
    {
        var set = Timeline.Compile(Timeline.Group(Waiting));
        var seen = 0;
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var played = Play(set, stream, []);
            var stamps = Stamps(stream).ToHashSet();
            var due = played.Decisions.Where(d => !stamps.Contains(d.DecidedAt.Micros / 1000)).ToList();
            seen += due.Zip(due.Skip(1)).Count(pair => pair.First.DecidedAt == pair.Second.DecidedAt);
            var sorted = due.OrderBy(d => d.DecidedAt).ThenBy(d => d.Alert == "A4" ? 1 : 0).ThenBy(d => d.Alert, StringComparer.Ordinal).ThenBy(d => d.Key[0].Value, StringComparer.Ordinal);
            return due.Select(Timeline.Line).SequenceEqual(sorted.Select(Timeline.Line)).Label(string.Join('\n', due.Select(Timeline.Line)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        seen.ShouldBeGreaterThan(50, "hardly anything fell due at once");
    }

    [Fact]
    public void An_absence_falls_due_when_the_slow_way_says_so()
    {
        var set = Timeline.Compile(Timeline.Group("- alert: B1\n  on: STOP\n  absent: { on: WAKEUP }\n  within: 5s\n  resolve: never"));
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var events = Events(stream);
            var expected = events.Select(e => e.Vm).Distinct()
                .Select(vm => events.Where(e => e.Vm == vm).ToList())
                .Select(own => own.Where(a => a.Name == "STOP" && !own.Any(b => b.Name == "WAKEUP" && b.Stamp <= a.Stamp + 7000 && b.At >= a.At && b.At <= a.At + 5000)).MinBy(a => (a.Stamp, a.Place)))
                .Where(a => a is not null).Select(a => (a!.Stamp + 7000, a.Vm)).Order().ToList();
            var found = Play(set, stream, []).Decisions.Select(d => (d.DecidedAt.Micros / 1000, d.Key[0].Value)).ToList();
            return found.SequenceEqual(expected).Label($"\nfast: {string.Join(' ', found)}\nslow: {string.Join(' ', expected)}\nof:\n{string.Join('\n', events)}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private sealed record Event(long At, long Stamp, string Name, string Vm, int Place);

    private static List<Event> Events((int Gap, int Kind, int Vm, int Late)[] stream)
    {
        var at = 1000L;
        return [.. stream.Select((s, i) => new Event((at += s.Gap * 1000L) - (s.Late * 1000L), at, Names[s.Kind], $"vm-{s.Vm}", i))];
    }

    private static IEnumerable<long> Stamps((int Gap, int Kind, int Vm, int Late)[] stream) => Events(stream).Select(e => e.Stamp);

    // Ticks in milliseconds, in no order.
    private static Timeline Play(RuleSet set, (int Gap, int Kind, int Vm, int Late)[] stream, int[] ticks)
    {
        var timeline = new Timeline(set);
        var next = 0;
        ticks = [.. ticks.Order()];
        foreach (var e in Events(stream))
        {
            for (; next < ticks.Length && ticks[next] <= e.Stamp; next++) timeline.Tick(ticks[next]);
            timeline.Add(e.At, e.Name, e.Vm, stamp: e.Stamp);
        }

        for (; next < ticks.Length; next++) timeline.Tick(ticks[next]);
        return timeline.Tick(200_000);
    }
}
