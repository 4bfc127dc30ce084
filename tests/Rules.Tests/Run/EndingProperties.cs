using FsCheck;
using FsCheck.Fluent;

namespace Qualm.Rules.Tests.Run;

public sealed class EndingProperties
{
    private static readonly string[] Names = ["RTC_CHANGE", "STOP", "RESUME", "NIC_RX_FILTER_CHANGED"];

    // Of several states at one moment the last is the state; a slow way need not know that.
    private static Arbitrary<(int Gap, int Kind)[]> Streams(int least) =>
        (from gap in Gen.Choose(least, 9) from kind in Gen.Choose(0, 3) select (gap, kind)).ArrayOf().ToArbitrary();

    [Fact]
    public void Events_that_must_stand_agree_with_the_slow_way()
    {
        var set = Timeline.Compile(Timeline.Group("- alert: A\n  on: STOP\n  resolve: { on: RESUME, for: 7s }"));
        Prop.ForAll(Streams(0), stream => Same(set, stream, events =>
        {
            var lines = new List<string>();
            for (var i = 0; i < events.Length; i++)
            {
                if (events[i].Name != "STOP") continue;
                lines.Add(Fires(events[i], lines));
                var end = events.Skip(i).Where(e => e.Name == "RESUME").Cast<Event?>()
                    .FirstOrDefault(b => !events.Any(a => a.Name == "STOP" && a.Position > b!.Value.Position && a.At <= b.Value.At + 7000));
                if (end is not { } found) break;
                lines.Add($"resolved A [vm-1] at {found.At + 7000} decided {found.At + 9000} because {found.Position} event");
                while (i + 1 < events.Length && events[i + 1].At <= found.At + 7000) i++;
            }

            return lines;
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData("{ when: 'vm.status == \"running\"', for: 7s }", 7000, null)]
    [InlineData("{ when: 'vm.status == \"running\" && age(vm.since) >= duration(\"7s\")' }", 7000, null)]
    [InlineData("{ when: '!(vm.status != \"running\" || age(vm.since) < duration(\"7s\"))' }", 7000, null)]
    [InlineData("{ when: 'vm.status == \"running\"', for: 7s, quiet: 12s }", 7000, 12000)]
    public void States_that_must_hold_agree_with_the_slow_way(string resolve, int held, int? quiet)
    {
        var set = Timeline.Compile(Timeline.Group($"- alert: A\n  on: RTC_CHANGE\n  resolve: {resolve}"));
        Prop.ForAll(Streams(1), stream => Same(set, stream, events =>
        {
            var lines = new List<string>();
            for (var i = 0; i < events.Length; i++)
            {
                if (events[i].Name != "RTC_CHANGE") continue;
                lines.Add(Fires(events[i], lines));
                if (End(events, i, held, quiet) is not var (end, due, position)) break;
                lines.Add($"resolved A [vm-1] at {end} decided {due} because {position} condition");
                while (i + 1 < events.Length && events[i + 1].At <= end) i++;
            }

            return lines;
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private readonly record struct Event(long At, string Name, long Position, string Status);

    // The first time after the state has changed from which the VM has run for long enough, with nothing more to be quiet about.
    private static (long End, long Due, long Position)? End(Event[] events, int opening, long held, long? quiet)
    {
        var changed = Enumerable.Range(opening, events.Length - opening).Cast<int?>().FirstOrDefault(j => events[j!.Value].Status != events[opening].Status);
        if (changed is not { } from) return null;
        for (var j = from; j < events.Length; j++)
        {
            if (events[j].Status != "running" || (j > from && events[j - 1].Status == "running")) continue;
            var stops = events.Skip(j).Where(e => e.Status != "running").Select(e => (long?)e.At).FirstOrDefault() ?? long.MaxValue;
            var last = events[opening];
            while (true)
            {
                var end = Math.Max(events[j].At, quiet is { } q ? last.At + q : 0) + held;
                if (end >= stops) break;
                var again = events.Where(e => e.Name == "RTC_CHANGE" && e.Position > last.Position && e.At <= end).Cast<Event?>().FirstOrDefault();
                if (quiet is null || again is null) return (end, Math.Max(events[j].At + held, quiet is null ? 0 : last.At + held + quiet.Value) + 2000, events[j].Position);
                last = again.Value;
            }
        }

        return null;
    }

    private static string Fires(Event opening, List<string> lines)
    {
        var decided = lines.Count == 0 ? opening.At : Math.Max(opening.At, long.Parse(lines[^1].Split(" decided ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        return $"firing A [vm-1] at {opening.At} decided {decided} because {opening.Position}";
    }

    private static Property Same(RuleSet set, (int Gap, int Kind)[] stream, Func<Event[], List<string>> slow)
    {
        var (at, status, events, fast) = (0L, "running", new List<Event>(), new Timeline(set));
        fast.Add(0, "RESUME");
        foreach (var (gap, kind) in stream)
        {
            at += gap * 1000L;
            status = Names[kind] switch { "STOP" => "paused", "RESUME" => "running", _ => status };
            events.Add(new Event(at, Names[kind], events.Count + 2, status));
            fast.Add(at, Names[kind]);
        }

        var (lines, expected) = (fast.Tick(10_000_000).Lines.ToArray(), slow([.. events]));
        return lines.SequenceEqual(expected).Label($"\nfast:\n{string.Join('\n', lines)}\nslow:\n{string.Join('\n', expected)}\nof:\n{string.Join('\n', events)}");
    }
}
