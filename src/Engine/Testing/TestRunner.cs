using System.Collections.Immutable;
using Qualm.Actions;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>Runs the tests of one file over one set of rules, through the decoder, the folds and the rules of the service.</summary>
internal sealed class TestRunner(RuleTestFile file, RuleSet set)
{
    /// <summary>A long test is not lost after each of its inputs but after so many of them, evenly spread: deriving anew costs all inputs before.</summary>
    private const int MostCrashes = 400;

    private readonly RuleTestJudge _judge = new(file.Start, set);
    private readonly RuleTestOutcome _outcome = new(file.Start);

    /// <summary>Runs a test and compares what came of it.</summary>
    /// <param name="properties">Whether to run it again for the properties of its file.</param>
    public TestResult Run(RuleTest test, bool properties)
    {
        RuleTestRun run;
        try
        {
            run = Run(test);
        }
        catch (QmpProtocolException e)
        {
            return new TestResult(file.Path, test, [], [$"{file.Path}:{test.Span.Line}: an event is refused: {e.Message}"]);
        }

        var findings = _judge.Judge(test, run);
        return new TestResult(file.Path, test, findings, properties ? [.. Broken(test, run)] : []);
    }

    /// <summary>Each input at its time, once.</summary>
    public RuleTestRun Run(RuleTest test) => Play(test, Arrivals.InOrder(test), _judge.End(test));

    private IEnumerable<string> Broken(RuleTest test, RuleTestRun run)
    {
        if (file.Properties.CrashAfterEachEvent && (Crashing(test, run) ?? Resuming(test, run)) is { } crash) yield return Says("crash_after_each_event", crash);
        if (file.Properties.DuplicateEachEvent && _outcome.Differs(run, Play(test, Arrivals.InOrder(test), _judge.End(test), times: 2), Instant.MaxValue) is { } twice) yield return Says("duplicate_each_event", twice);
        if (!file.Properties.Reorder) yield break;

        // What is received late is due late: the clock must go on so much longer.
        var (asked, end) = (_judge.LastAsked(test), _judge.End(test) + Arrivals.MostDelay(QmpCatalogue.Instance));
        for (var order = 0; order < Arrivals.Orders; order++)
        {
            if (_outcome.Differs(run, Play(test, Arrivals.Reordered(test, QmpCatalogue.Instance, order), end), asked) is not { } other) continue;
            yield return Says("reorder", other);
            yield break;
        }

        string Says(string property, string difference) => $"{file.Path}:{test.Span.Line}: {property} changes the outcome: {difference}";
    }

    private RuleTestRun Play(RuleTest test, ImmutableArray<Arrival> arrivals, Instant end, int times = 1)
    {
        var timeline = new TestTimeline(file, set, new TestInputs(file, test));
        foreach (var arrival in arrivals)
        {
            for (var i = 0; i < times; i++) timeline.Feed(arrival);
        }

        timeline.AdvanceTo(end);
        return Outcome(timeline);
    }

    // After an input the engine is lost. The next one knows only the inputs; what it decides of those again was decided already.
    private string? Crashing(RuleTest test, RuleTestRun run)
    {
        var inputs = new TestInputs(file, test);
        var arrivals = Arrivals.InOrder(test);
        var timeline = new TestTimeline(file, set, inputs);
        var step = Between(arrivals.Length);
        for (var i = 0; i < arrivals.Length; i++)
        {
            timeline.Feed(arrivals[i]);
            if ((i + 1) % step != 0) continue;
            var next = new TestTimeline(file, set, inputs);
            foreach (var before in arrivals.AsSpan(0, i + 1)) next.Feed(before);
            next.AdvanceTo(timeline.Clock);
            if (_outcome.Differs(Outcome(timeline), Outcome(next), Instant.MaxValue) is { } difference) return $"after input {i + 1}, {difference}";
            timeline = next;
        }

        timeline.AdvanceTo(_judge.End(test));
        return _outcome.Differs(run, Outcome(timeline), Instant.MaxValue);
    }

    // The same, but for the next engine starting from a snapshot of the one that is lost.
    private string? Resuming(RuleTest test, RuleTestRun run)
    {
        var arrivals = Arrivals.InOrder(test);
        var timeline = new TestTimeline(file, set, new TestInputs(file, test));
        var step = Between(arrivals.Length);
        for (var i = 0; i < arrivals.Length; i++)
        {
            timeline.Feed(arrivals[i]);
            if ((i + 1) % step == 0) timeline.Restart();
        }

        timeline.AdvanceTo(_judge.End(test));
        return _outcome.Differs(run, Outcome(timeline), Instant.MaxValue) is { } difference ? $"from snapshots, {difference}" : null;
    }

    private static int Between(int inputs) => Math.Max(1, (inputs + MostCrashes - 1) / MostCrashes);

    private static RuleTestRun Outcome(TestTimeline timeline) =>
        new([.. timeline.Decisions], [.. timeline.Told.SelectMany(t => Deliveries.For(t.Transition).Select(m => new RuleTestRun.Delivery(m.Receiver, t.Transition) { At = t.At }))]);
}
