using FsCheck;
using FsCheck.Fluent;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Engine.Tests.Turns;

public sealed class TimelineTests
{
    private const string Group = "groups:\n- name: g\n  rules:\n";
    private const string Count = Group + "  - alert: Stops\n    on: STOP\n    count: \">= 2\"\n    within: 10s\n";
    private const string Paused = "  - alert: Paused\n    when: 'vm.status == \"paused\"'\n    for: 5s\n";

    private static readonly RuleSetText Before = RuleSetText.Of([new("r.yaml", Count)]);
    private static readonly RuleSetText After = RuleSetText.Of([new("r.yaml", Count.Replace(">= 2", ">= 3", StringComparison.Ordinal) + Paused)]);

    [Fact]
    public void What_an_activation_says_is_read_back_from_the_log()
    {
        var activation = new StampedInput.Activation(new Instant(42_000_007), After) { WarmedFrom = new Instant(41_000_001) };
        var read = EngineEvents.ReadActivation(EngineEvents.Data(activation.Rules, activation.WarmedFrom), activation.Stamp);
        (read.Rules.Digest, read.WarmedFrom, read.Stamp).ShouldBe((After.Digest, activation.WarmedFrom, activation.Stamp));
        EngineEvents.ReadActivation(EngineEvents.Data(Before, null), default).WarmedFrom.ShouldBeNull();
    }

    /// <summary>Ticks are not kept, so where they fall between a log's inputs must not show, least of all where a warming begins.</summary>
    [Fact]
    public void Where_ticks_fall_changes_no_decision_of_rules_that_take_over()
    {
        var steps = (from gap in Gen.Choose(1, 6) from kind in Gen.Choose(0, 2) from vm in Gen.Choose(1, 2) select (Gap: gap, Kind: kind, Vm: vm)).ArrayOf();
        var cases = (from inputs in steps from cut in Gen.Choose(0, 100) from back in Gen.Choose(0, 60) from ticks in Gen.Choose(1, 9).ArrayOf() select (inputs, cut, back, ticks)).ToArbitrary();
        Prop.ForAll(cases, c =>
        {
            var still = Play(c.inputs, c.cut, c.back, []);
            var ticking = Play(c.inputs, c.cut, c.back, c.ticks);
            return ticking.Digest.Span.SequenceEqual(still.Digest.Span)
                .Label($"\n{string.Join('\n', ticking.Made.Select(Line))}\nshould be\n{string.Join('\n', still.Made.Select(Line))}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void An_activation_that_nobody_told_of_begins_empty()
    {
        var (timeline, decisions) = (New(), new Decisions());
        timeline.Expects(new StampedInput.Activation(default, After) { WarmedFrom = default(Instant) }).ShouldBeFalse();
        Feed(timeline, decisions, 1, "STOP", 1);
        timeline.Activate(Compile(After), new StampedInput.Activation(new Instant(60 * Instant.Second), After), new Position(1), decisions);
        decisions.Made.ShouldBeEmpty();
    }

    private static Decisions Play((int Gap, int Kind, int Vm)[] steps, int cut, int back, int[] ticks)
    {
        var (timeline, decisions) = (New(), new Decisions());
        var at = 100L;
        var stamps = steps.Select(s => at += s.Gap).ToArray();
        var place = steps.Length * cut / 100;
        var activated = (place == 0 ? 100 : stamps[place - 1]) * Instant.Second + 1;
        var activation = new StampedInput.Activation(new Instant(activated), After) { WarmedFrom = new Instant(Math.Max(0, activated - (back * Instant.Second))) };
        timeline.Activate(Compile(Before), new StampedInput.Activation(new Instant(1), Before), new Position(1), decisions);
        timeline.Expect(activation, () => new RuleWarming(Compile(Before), Compile(After)));
        for (var i = 0; i <= steps.Length; i++)
        {
            if (i == place) timeline.Activate(Compile(After), activation, new Position(1), decisions);
            if (i == steps.Length) break;
            if (ticks.Length > 0 && i > 0) timeline.AdvanceTo(new Instant(Math.Max(timeline.Clock.Micros, (stamps[i] * Instant.Second) - (ticks[i % ticks.Length] * Instant.Second / 2))), decisions);
            Feed(timeline, decisions, stamps[i], steps[i].Kind switch { 0 => "STOP", 1 => "RESUME", _ => "RESET" }, steps[i].Vm);
        }

        timeline.AdvanceTo(new Instant(at * 2 * Instant.Second), decisions);
        return decisions;
    }

    private static Timeline New() => new(QmpCatalogue.Instance, new RuleSession(CompiledRules.None));

    private static RuleSet Compile(RuleSetText text) => RuleSetCompiler.Compile(text, QmpCatalogue.Instance).Set!;

    private static void Feed(Timeline timeline, Decisions decisions, long second, string name, int vm)
    {
        var schema = QmpCatalogue.Instance.Find(name)!;
        var (at, state) = (new Instant(second * Instant.Second), timeline.Fleet.GetOrAddVm($"vm-{vm}"));
        timeline.Feed(
            new EventView { Schema = schema, Name = name, At = at, Stamp = at, Position = new Position(second), Weight = 1, Vm = state, Source = "" }, decisions);
    }

    private static string Line(AlertTransition d) => $"{d.Transition} {d.Alert} {d.Key[0].Value} at {d.At} decided {d.DecidedAt}";
}
