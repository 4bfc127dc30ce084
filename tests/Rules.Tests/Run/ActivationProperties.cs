using FsCheck;
using FsCheck.Fluent;
using Qualm.Model;

namespace Qualm.Rules.Tests.Run;

/// <summary>What a reload must not change, for every operator, over streams with stragglers, several VMs and ties.</summary>
public sealed class ActivationProperties
{
    private const long End = 100_000_000;

    // One or more of every operator; changed where a number is replaced.
    private static readonly string[] Operators =
    [
        "- alert: Each\n  on: GUEST_PANICKED\n  resolve: [ { on: RESET }, { quiet: 9s } ]",
        "- alert: EachFor\n  on: GUEST_PANICKED\n  for: 4s\n  resolve: [ { on: RESET }, { quiet: 20s } ]\n  renotify: 9s",
        "- alert: EachHeld\n  on: GUEST_PANICKED\n  resolve: [ { on: RESET, for: 3s }, { when: 'vm.status == \"paused\" && age(vm.since) > duration(\"4s\")' }, { quiet: 30s } ]",
        "- alert: EachCool\n  on: STOP\n  resolve: { quiet: 3s }\n  cooldown: 9s",
        "- alert: Any\n  any:\n  - { on: STOP }\n  - { on: RESET }\n  resolve: { quiet: 4s }",
        "- alert: Count\n  on: STOP\n  count: \">= 3\"\n  within: 9s",
        "- alert: CountQuiet\n  on: STOP\n  count: \">= 3\"\n  within: 9s\n  resolve: { quiet: 6s }\n  severity: { warning: agg.count >= 3, critical: agg.count >= 5 }",
        "- alert: CountFor\n  on: STOP\n  count: \">= 2\"\n  within: 9s\n  for: 3s",
        "- alert: Few\n  on: STOP\n  count: \"<= 1\"\n  within: 9s",
        "- alert: Distinct\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 3\" }\n  within: 9s\n  annotations: { summary: \"{{ agg.members }}\" }",
        "- alert: DistinctFew\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \"<= 3\" }\n  within: 9s",
        "- alert: DistinctQuiet\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 2\" }\n  within: 9s\n  resolve: { quiet: 6s }",
        "- alert: Sum\n  on: QUORUM_FAILURE\n  sum: { of: event.data.sector_num, is: \">= 9\" }\n  within: 9s",
        "- alert: Max\n  on: QUORUM_FAILURE\n  max: { of: event.data.sector_num, is: \"> 3\" }\n  within: 9s",
        "- alert: Least\n  on: QUORUM_FAILURE\n  min: { of: event.data.sector_num, is: \">= 2\" }\n  within: 9s",
        "- alert: Ratio\n  by: [vm.host]\n  ratio: { num: { distinct: vm.id, on: STOP }, den: host.vms, is: \">= 0.5\", min: 2 }\n  within: 9s",
        "- alert: Flap\n  on: QUORUM_FAILURE\n  flap: { value: event.data.sector_num, history: 5, high: 0.75, low: 0.5 }\n  within: 9s",
        "- alert: Tumbling\n  on: STOP\n  count: \">= 2\"\n  within: 9s\n  window: tumbling",
        "- alert: TumblingFew\n  on: STOP\n  count: \"<= 1\"\n  within: 9s\n  window: tumbling",
        "- alert: TumblingQuiet\n  on: QUORUM_FAILURE\n  distinct: { of: event.data.sector_num, is: \">= 2\" }\n  within: 9s\n  window: tumbling\n  resolve: { quiet: 6s }",
        "- alert: Session\n  on: STOP\n  count: \">= 3\"\n  within: 30s\n  window: session\n  gap: 5s",
        "- alert: SessionSum\n  on: QUORUM_FAILURE\n  sum: { of: event.data.sector_num, is: \"<= 9\" }\n  within: 30s\n  window: session\n  gap: 5s",
        "- alert: Sequence\n  sequence:\n  - a: { on: STOP }\n  - b: { on: GUEST_PANICKED }\n  within: 9s\n  resolve: { quiet: 5s }\n  annotations: { summary: \"{{ a.at }}\" }",
        "- alert: Unless\n  sequence:\n  - a: { on: STOP }\n  - unless: { on: RESUME }\n  - b: { on: GUEST_PANICKED }\n  within: 9s\n  resolve: { quiet: 5s }",
        "- alert: All\n  all:\n  - a: { on: QUORUM_FAILURE }\n  - b: { on: QUORUM_FAILURE, where: b.data.sector_num != a.data.sector_num }\n  within: 9s\n  resolve: { quiet: 5s }",
        "- alert: Absent\n  on: GUEST_PANICKED\n  absent: { on: RESET }\n  within: 9s",
        "- alert: Silent\n  absent: { on: STOP }\n  within: 9s",
        "- alert: Paused\n  when: 'vm.status == \"paused\" && age(vm.since) > duration(\"9s\")'",
        "- alert: PausedFor\n  when: 'vm.status == \"paused\"'\n  for: 9s",
    ];

    public static TheoryData<string> All => [.. Operators];

    private static Arbitrary<Stream> Streams { get; } =
        (from events in (from gap in Gen.Frequency((3, Gen.Choose(0, 4)), (1, Gen.Choose(5, 30)))
                         from delay in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(0, 3)))
                         from kind in Gen.Choose(0, 5)
                         from vm in Gen.Choose(1, 2)
                         from value in Gen.Choose(0, 5)
                         select new Step(gap, delay, kind, vm, value)).ArrayOf()
         from cut in Gen.Choose(0, 100)
         from after in Gen.Choose(0, 9)
         select new Stream(events, cut, after)).ToArbitrary();

    [Theory]
    [MemberData(nameof(All))]
    public void A_reload_that_leaves_a_rule_as_it_is_changes_nothing(string rule)
    {
        var (alone, beside) = (Compile(rule), Compile("- alert: AAA\n  on: SUSPEND", rule + "\n  labels: { team: other }", "- alert: Zzz\n  on: SUSPEND"));
        Prop.ForAll(Streams, stream =>
        {
            var still = stream.Play(new Timeline(alone), _ => { });
            var moved = new Reload(alone, beside);
            moved.Warming.Names.ShouldBe(["AAA", "Zzz"]);
            stream.Play(moved.Timeline, stamp => moved.At(stamp));
            return Same(Only(moved.Timeline, rule), Only(still, rule), stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    /// <summary>Whatever ran before: what a new rule decides after its activation depends on the events alone, but for what was told before.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Where_nothing_was_told_lately_a_changed_rule_decides_as_a_new_one_does(string rule)
    {
        // What waits for the end of a cooldown is open, though no decision shows it.
        if (rule.Contains("cooldown", StringComparison.Ordinal)) return;
        var (other, was, next) = (Compile("- alert: AAA\n  on: SUSPEND"), Compile(rule), Compile(Changed(rule)));
        Prop.ForAll(Streams, stream =>
        {
            var (fresh, changed) = (new Reload(other, next), new Reload(was, next));
            var open = 0;
            stream.Play(fresh.Timeline, stamp => fresh.At(stamp));
            stream.Play(changed.Timeline, stamp =>
            {
                changed.Timeline.Tick(stamp);
                open = Open(changed.Timeline).Count + changed.Timeline.Decisions.Count(d => d.DecidedAt > Timeline.Ms(stamp - 15_000));
                changed.At(stamp);
            });
            return open > 0 ? true.ToProperty() : Same(After(changed.Timeline, stream), After(fresh.Timeline, stream), stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(80));
    }

    /// <summary>A new rule pages at its activation for exactly what it would have had firing had it always run, as far as that is a condition.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void What_holds_pages_once_and_goes_on_as_if_the_rule_had_always_run(string rule)
    {
        var isCondition = !rule.Contains("resolve:", StringComparison.Ordinal) && !rule.Contains("any:", StringComparison.Ordinal);
        if (!isCondition) return;
        var (other, next) = (Compile("- alert: AAA\n  on: SUSPEND"), Compile(rule));
        Prop.ForAll(Streams, stream =>
        {
            var reload = new Reload(other, next);
            string[] open = [];
            var always = stream.Play(new Timeline(next), _ => { });
            stream.Play(reload.Timeline, stamp => open = [.. reload.At(stamp).Decisions.Where(d => d.Transition == TransitionKind.Firing).Select(Match)]);
            var running = always.Decisions.Where(d => d.DecidedAt < Timeline.Ms(stream.Activation)).ToList();
            var firing = running.Where(d => d.Transition == TransitionKind.Firing && !running.Any(r => r.Episode == d.Episode && r.Transition == TransitionKind.Resolved));
            open.ShouldBe(firing.OrderBy(d => d.Key[0].Value, StringComparer.Ordinal).Select(Match));
            return Same(
                reload.Timeline.Decisions.Skip(reload.Timeline.Decisions.Count(d => d.DecidedAt == Timeline.Ms(stream.Activation))).Select(Timeline.Line),
                always.Decisions.Where(d => d.DecidedAt > Timeline.Ms(stream.Activation)).Select(Timeline.Line),
                stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(80));
    }

    /// <summary>Firings and ends alternate for every key over any number of changes, and nothing pages twice.</summary>
    [Fact]
    public void Over_any_changes_every_page_has_one_end_and_no_alert_pages_twice()
    {
        var sets = Operators.Select(rule => Compile(rule)).Concat(Operators.Select(rule => Compile(Changed(rule)))).ToArray();
        var pick = Gen.Choose(0, Operators.Length - 1).Two().Zip(Gen.Elements(true, false)).ToArbitrary();
        Prop.ForAll(Streams, pick, (stream, picked) =>
        {
            var ((first, second), same) = picked;
            var reload = new Reload(sets[first], sets[(same ? first : second) + Operators.Length]);
            stream.Play(reload.Timeline, stamp => reload.At(stamp));
            return IsSound(reload.Timeline).Label($"\n{string.Join('\n', reload.Timeline.Lines)}\nof:\n{stream}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static RuleSet Compile(params string[] rules) => Timeline.Compile(Timeline.Group(string.Join('\n', rules)));

    // The same alerts, decided a little later. Of state alone an alert may come and go within that little.
    private static string Changed(string rule) => rule + (rule.Contains("when:", StringComparison.Ordinal) ? "\n  cooldown: 1ms" : "\n  lateness: 3s");

    private static string Match(AlertTransition d) => $"{d.Key[0].Value} {d.At}";

    // For every key pages and ends take turns, each page is another one's, and no end lies before its page. EachFor reminds, which is no page.
    private static bool IsSound(Timeline timeline)
    {
        var reminders = timeline.Decisions.Where(d => d.Alert == "EachFor" && d.Transition == TransitionKind.Firing).GroupBy(d => d.Episode).SelectMany(g => g.Skip(1)).ToHashSet();
        var pages = timeline.Decisions.Where(d => d.Transition == TransitionKind.Firing && !reminders.Contains(d)).ToLookup(d => d.Episode);
        return pages.All(page => page.Count() == 1) && timeline.Decisions
            .Where(d => d.Transition is TransitionKind.Firing or TransitionKind.Resolved)
            .Where(d => pages.Contains(d.Episode) && !reminders.Contains(d))
            .GroupBy(d => (d.Alert, d.Key[0].Value))
            .All(told => told.Select((d, i) => i % 2 == 0
                ? d.Transition == TransitionKind.Firing
                : d.Transition == TransitionKind.Resolved && d.At >= pages[d.Episode].First().At).All(isSound => isSound));
    }

    private static List<string> Open(Timeline timeline) =>
        [.. timeline.Decisions.GroupBy(d => d.Episode).Where(g => g.Last().Transition != TransitionKind.Resolved).Select(g => g.Key)];

    private static IEnumerable<string> Only(Timeline timeline, string rule) =>
        timeline.Decisions.Where(d => rule.StartsWith($"- alert: {d.Alert}\n", StringComparison.Ordinal)).Select(d => $"{Timeline.Line(d)} {d.Severity} {d.Summary} {d.Episode}");

    private static IEnumerable<string> After(Timeline timeline, Stream stream) =>
        timeline.Decisions.Where(d => d.DecidedAt >= Timeline.Ms(stream.Activation) && d.Alert != "AAA").Select(Timeline.Line);

    private static Property Same(IEnumerable<string> one, IEnumerable<string> other, Stream stream) =>
        one.SequenceEqual(other).Label($"\nis:\n{string.Join('\n', one)}\nshould be:\n{string.Join('\n', other)}\nof:\n{stream}");

    private sealed record Step(int Gap, int Delay, int Kind, int Vm, int Value);

    private sealed record Arrival(long At, long Stamp, Step Step);

    private sealed record Stream(Step[] Steps, int Cut, int After)
    {
        private static readonly string[] Names = ["STOP", "RESUME", "GUEST_PANICKED", "RESET", "QUORUM_FAILURE", "QUORUM_FAILURE"];

        /// <summary>Stamp of the activation: between two of the events, or a while behind the last.</summary>
        public long Activation
        {
            get
            {
                var (arrivals, cut) = (Arrivals, Cutting);
                var before = cut == 0 ? 0 : arrivals[cut - 1].Stamp;
                var behind = cut == arrivals.Length ? long.MaxValue : arrivals[cut].Stamp;
                return Math.Min(before + 1 + (After * 1000), behind - 1);
            }
        }

        private int Cutting => Arrivals.Length * Cut / 100;

        private Arrival[] Arrivals
        {
            get
            {
                var at = 10_000L;
                var made = new List<Arrival>();
                foreach (var step in Steps)
                {
                    at += step.Gap * 500L;
                    made.Add(new Arrival(at, at + (step.Delay * 500L), step));
                }

                // Stamps strictly increase, and leave room for one between them.
                var last = 0L;
                return [.. made.OrderBy(a => a.Stamp).Select(a => a with { Stamp = last = Math.Max(a.Stamp, last + 2) })];
            }
        }

        public Timeline Play(Timeline timeline, Action<long> activate)
        {
            var (arrivals, cut) = (Arrivals, Cutting);
            for (var i = 0; i <= arrivals.Length; i++)
            {
                if (i == cut) activate(Activation);
                if (i < arrivals.Length) Add(timeline, arrivals[i]);
            }

            return timeline.Tick(End);
        }

        public override string ToString() =>
            $"{string.Join('\n', Arrivals.Select(a => $"{Names[a.Step.Kind]} vm-{a.Step.Vm} at {a.At} stamp {a.Stamp} value {a.Step.Value}"))}\nactivation at {Activation} after {Cutting}";

        private static void Add(Timeline timeline, Arrival arrival)
        {
            var name = Names[arrival.Step.Kind];
            var data = name == "QUORUM_FAILURE" ? $$"""{"reference":"q","sector-num":{{arrival.Step.Value}},"sectors-count":1}""" : "";
            timeline.Add(arrival.At, name, $"vm-{arrival.Step.Vm}", data, arrival.Stamp, host: "h");
        }
    }
}
