using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Coverage;

/// <summary>
/// Counts, for the rules of one set, which clauses and branches tests have seen. Sessions of the set it compiles
/// count into it while they run; for one thread at a time.
/// </summary>
public sealed class RuleCoverage
{
    private readonly List<CoveragePoint> _clauses = [];
    private ImmutableArray<CoveragePoint> _branches = [];
    private ImmutableArray<RuleSyntax> _rules = [];

    /// <summary>By file, line and column.</summary>
    public ImmutableArray<CoveragePoint> Points => [.. _clauses.Concat(_branches).OrderBy(p => p.Span).ThenBy(p => p.Text, StringComparer.Ordinal)];

    /// <summary>Compiles a set whose clauses are counted here. To be called once.</summary>
    public RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue)
    {
        var bag = new DiagnosticBag();
        _rules = [.. RuleSetReader.Read(text, bag).Rules.Where(r => r.Mode != RuleMode.Disabled)];
        _branches = [.. _rules.SelectMany(RuleBranches.Of)];
        return RuleSetCompiler.Compile(text, catalogue, null, this);
    }

    /// <summary>Counts the branches that a run has taken.</summary>
    public void Add(RuleTest test, RuleTestRun run)
    {
        var names = test.Inputs.Select(i => i.Event).Concat(run.Decisions.Where(d => d.Kind == ConclusionKind.Event).Select(d => d.Alert)).ToHashSet(StringComparer.Ordinal);
        foreach (var point in _branches)
        {
            var seen = point.Kind switch
            {
                "event" => names.Contains(point.Text),
                "severity" => run.Decisions.Any(d => d.Alert == point.Rule && TransitionJson.Name(d.Severity) == point.Text),
                "resolves" => run.Decisions.Any(d => d.Alert == point.Rule && d.Transition == TransitionKind.Resolved && d.Reason == point.Text),
                _ => run.Decisions.Any(d => d.Alert == point.Rule && d.Transition == TransitionKind.Firing),
            };
            if (seen) point.True++;
            else if (Concerns(point, names)) point.False++;
        }
    }

    /// <summary>The condition with its clauses counted.</summary>
    internal Condition Watch(Scalar text, Condition condition)
    {
        var rule = _rules.SelectMany(r => r.Overrides.Prepend(r.Span), (r, span) => (Name: r.Name.Value, Span: span))
            .Where(r => r.Span.File == text.Span.File && r.Span <= text.Span).MaxBy(r => r.Span).Name ?? "";

        // Below its lowest step a ladder stays there: that the step does not hold is seldom to be seen.
        var isLowest = _rules.Any(r => r.Severity is [{ Condition: { } lowest }, _, ..] && lowest.Span == text.Span);
        return condition.Watched(clause =>
        {
            var span = text.At(clause.Span.Offset, clause.Span.Length);
            var point = _clauses.FirstOrDefault(p => p.Span == span);
            if (point is null) _clauses.Add(point = new CoveragePoint(rule, "clause", clause.Text, span, NeedsFalse: !isLowest));
            return holds =>
            {
                if (holds) point.True++;
                else point.False++;
            };
        });
    }

    // A rule that no event of a test names was not put to the question; one that names none always is.
    private bool Concerns(CoveragePoint point, HashSet<string> names) =>
        _branches.All(p => p.Rule != point.Rule || p.Kind != "event") ||
        _branches.Any(p => p.Rule == point.Rule && p.Kind == "event" && (names.Contains(p.Text) || (p.Text == "*" && names.Count > 0)));
}
