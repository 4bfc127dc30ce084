using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Coverage;

/// <summary>Lists the branches of a rule besides the clauses of its conditions.</summary>
internal static class RuleBranches
{
    /// <summary>What the decision says when an episode ends in this way.</summary>
    private static string Reason(ResolveSyntax.Alternative way)
    {
        if (way.When is not null && way.On is null) return "condition";
        if (way.Quiet is not null) return "quiet";
        return way.On is null ? "subject_gone" : way.When is null ? "event" : "condition";
    }

    public static IEnumerable<CoveragePoint> Of(RuleSyntax rule)
    {
        var name = rule.Name.Value;
        var alternatives = rule.Resolve?.Alternatives ?? [];
        var events = rule.On.Concat(EventMatches.Of(rule).SelectMany(m => m.On)).Where(e => e.Value != "*");
        foreach (var e in events.DistinctBy(e => e.Span)) yield return new CoveragePoint(name, "event", e.Value, e.Span, NeedsFalse: false);

        // What fires at each event at once cannot see one and stay silent: there only the clauses decide.
        yield return new CoveragePoint(name, "fires", name, rule.Name.Span, rule.Operator is not OperatorSyntax.Each || rule.For is not null);
        if (rule.Severity.Length > 1)
        {
            foreach (var step in rule.Severity)
                yield return new CoveragePoint(name, "severity", TransitionJson.Name(step.Severity.Value), step.Severity.Span, NeedsFalse: false);
        }

        // The end of what made an event is told to nobody.
        if (rule.Kind == RuleKind.Emit) yield break;
        foreach (var way in alternatives)
        {
            yield return new CoveragePoint(name, "resolves", Reason(way), way.On?.On[0].Span ?? way.When?.Span ?? way.Quiet?.Span ?? way.Span, NeedsFalse: false);
        }
    }
}
