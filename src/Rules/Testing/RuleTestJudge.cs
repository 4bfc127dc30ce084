using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Testing;

/// <summary>Compares what a test expects with what became of its inputs. Pure.</summary>
/// <param name="start">Event time that offsets are counted from.</param>
public sealed class RuleTestJudge(Instant start, RuleSet set)
{
    private static readonly TimeSpan DefaultLateness = TimeSpan.FromSeconds(2);

    private readonly TranscriptText _words = new(start);

    /// <summary>Event time of the last thing that a test asks or that happens in it.</summary>
    public Instant LastAsked(RuleTest test) =>
        start + test.Expectations.Select(e => e.AskedAt ?? TimeSpan.Zero).Concat(test.Inputs.Select(i => i.Offset)).DefaultIfEmpty().Max();

    /// <summary>Up to which stamp the clock must go on so that everything the test asks has been decided, if nothing is delayed.</summary>
    public Instant End(RuleTest test) =>
        LastAsked(test) + set.Rules.Select(r => r.Lateness).DefaultIfEmpty(DefaultLateness).Max() + TimeSpan.FromMicroseconds(1);

    /// <summary>What is not as expected, in the order of the test.</summary>
    public ImmutableArray<RuleTestFinding> Judge(RuleTest test, RuleTestRun run) =>
        [.. test.Expectations.Select(e => Judge(e, run)).OfType<RuleTestFinding>()];

    private RuleTestFinding? Judge(Expectation expectation, RuleTestRun run) => expectation switch
    {
        Expectation.Alert alert => Judge(alert, run),
        Expectation.NoAlert alert => Judge(alert, run),
        Expectation.Resolved alert => Judge(alert, run),
        Expectation.Fact fact => Judge(fact, run),
        Expectation.Derived derived => Judge(derived, run),
        Expectation.Deliveries deliveries => Judge(deliveries, run),
        _ => throw new ArgumentOutOfRangeException(nameof(expectation)),
    };

    private RuleTestFinding? Judge(Expectation.Alert expected, RuleTestRun run)
    {
        var states = States(run, expected.Name, expected.At).Where(s => expected.Key?.Agrees(s.Last.Key) != false).ToArray();
        var faults = states.Select(s => Differs(expected, s)).ToArray();
        if (faults.Contains("")) return null;
        // Of several keys the one that fires is the one that was meant.
        var best = Array.FindIndex(states, s => s.Fires);
        var was = best >= 0 ? $"{TranscriptText.Key(states[best].Last.Key)} {faults[best]}" : states.Length > 0 ? $"{TranscriptText.Key(states[0].Last.Key)} {faults[0]}" : "no such alert";
        return new RuleTestFinding(expected.Span, TranscriptText.Of(expected), was, Nearest(run, expected.Name, expected.At));
    }

    // Empty when it is as expected.
    private static string Differs(Expectation.Alert expected, State state)
    {
        if (!state.Fires) return state.Says;
        var (last, opening) = (state.Last, state.Opening);
        var faults = new List<string>();
        if (expected.Severity is { } severity && severity != last.Severity) faults.Add($"severity {TransitionJson.Name(last.Severity)}");
        if (expected.Because is { } because && !because.SequenceEqual(opening.Because.Order())) faults.Add($"because {string.Join(", ", opening.Because.Order())}");
        if (expected.Summary is { } summary && summary != last.Summary) faults.Add($"summary \"{last.Summary}\"");
        foreach (var (name, value) in expected.Labels)
        {
            if (last.Labels.GetValueOrDefault(name) != value) faults.Add(last.Labels.TryGetValue(name, out var other) ? $"label {name} \"{other}\"" : $"no label {name}");
        }

        return faults.Count == 0 ? "" : $"fires with {string.Join(", ", faults)}";
    }

    private RuleTestFinding? Judge(Expectation.NoAlert expected, RuleTestRun run)
    {
        var open = States(run, expected.Name, expected.At).FirstOrDefault(s => s.Open && expected.Key?.Agrees(s.Last.Key) != false);
        return open is null ? null : new RuleTestFinding(expected.Span, TranscriptText.Of(expected), $"{TranscriptText.Key(open.Last.Key)} {open.Says}", _words.Of(open.Last));
    }

    private RuleTestFinding? Judge(Expectation.Resolved expected, RuleTestRun run)
    {
        var states = States(run, expected.Name, expected.At).Where(s => s.Fired && expected.Key?.Agrees(s.Last.Key) != false).ToArray();
        if (states.Any(s => s.Last.Transition == TransitionKind.Resolved && (expected.Reason ?? s.Last.Reason) == s.Last.Reason)) return null;
        var was = states.Length == 0 ? "it never fired" : $"{TranscriptText.Key(states[0].Last.Key)} {states[0].Says}";
        return new RuleTestFinding(expected.Span, TranscriptText.Of(expected), was, Nearest(run, expected.Name, expected.At));
    }

    private RuleTestFinding? Judge(Expectation.Fact expected, RuleTestRun run)
    {
        var states = States(run, expected.Name, expected.At).Where(s => expected.Key?.Agrees(s.Last.Key) != false).ToArray();
        var holding = states.FirstOrDefault(s => s.Fires);
        if (expected.Holds == holding is not null) return null;
        var was = holding is not null ? $"{TranscriptText.Key(holding.Last.Key)} holds" : states.Length > 0 ? $"{TranscriptText.Key(states[0].Last.Key)} {states[0].Says}" : "it never held";
        return new RuleTestFinding(expected.Span, TranscriptText.Of(expected), was, Nearest(run, expected.Name, expected.At));
    }

    private RuleTestFinding? Judge(Expectation.Derived expected, RuleTestRun run)
    {
        var derived = run.Decisions.Where(d => d.Alert == expected.Name && expected.Key?.Agrees(d.Key) != false).ToArray();
        var at = start + expected.At;
        if (!expected.Comes)
        {
            var early = derived.FirstOrDefault(d => d.At <= at);
            return early is null ? null : new RuleTestFinding(expected.Span, TranscriptText.Of(expected), _words.Of(early), null);
        }

        var then = derived.Where(d => d.At == at).ToArray();
        if (then.Any(d => expected.Because is not { } because || because.SequenceEqual(d.Because.Order()))) return null;
        var was = then.Length > 0 ? _words.Of(then[0]) : "none came then";
        return new RuleTestFinding(expected.Span, TranscriptText.Of(expected), was, then.Length > 0 ? null : Nearest(run, expected.Name, expected.At));
    }

    private RuleTestFinding? Judge(Expectation.Deliveries expected, RuleTestRun run)
    {
        var until = expected.At is { } at ? start + at : Instant.MaxValue;
        var made = run.Deliveries.Where(d => d.Receiver == expected.Receiver && d.At <= until).Select(d => d.Transition).ToArray();
        if (made.Select(t => t.Transition).SequenceEqual(expected.Transitions)) return null;
        var was = made.Length == 0 ? "nothing was delivered" : string.Join("; ", made.Select(_words.Of));
        return new RuleTestFinding(expected.Span, TranscriptText.Of(expected), was, null);
    }

    /// <summary>What holds of one key of an alert.</summary>
    /// <param name="Opening">The newest firing; <paramref name="Last"/> when it never fired.</param>
    private sealed record State(AlertTransition Last, AlertTransition Opening)
    {
        public bool Fires => Last.Transition is TransitionKind.Firing or TransitionKind.Severity or TransitionKind.Acknowledged;

        public bool Fired => Opening.Transition == TransitionKind.Firing;

        public bool Open => Fires || Last.Transition == TransitionKind.Unknown;

        public string Says => Last.Transition switch
        {
            TransitionKind.Resolved => $"is resolved ({Last.Reason})",
            TransitionKind.Pending => "is pending",
            TransitionKind.Unknown => $"is unknown ({Last.Reason})",
            _ => "fires",
        };
    }

    // The decisions about the time asked and those before, as far as they are made once the clock is past it by the lateness.
    private IEnumerable<State> States(RuleTestRun run, string alert, TimeSpan at)
    {
        var lateness = set.Rules.FirstOrDefault(r => r.Name == alert)?.Lateness ?? DefaultLateness;
        return
            from decision in run.Decisions
            where decision.Alert == alert && decision.At <= start + at && decision.DecidedAt <= start + at + lateness
            group decision by decision.Id into key
            select new State(key.Last(), key.LastOrDefault(d => d.Transition == TransitionKind.Firing) ?? key.Last());
    }

    private string Nearest(RuleTestRun run, string alert, TimeSpan at)
    {
        var about = run.Decisions.Where(d => d.Alert == alert).ToArray();
        if (about.Length == 0) about = [.. run.Decisions];
        return about.Length == 0
            ? "no rule decided anything"
            : _words.Of(about.MinBy(d => Math.Abs((d.At - (start + at)).Ticks))!);
    }
}
