using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Coverage;

/// <summary>Lists the branches of a rule besides the clauses of its conditions.</summary>
internal static class RuleBranches
{
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
        foreach (var way in alternatives.Where(a => a.When is null && a.For is null))
        {
            // What must both come and be followed by quiet ends with the quiet.
            var reason = way.Quiet is not null ? "quiet" : way.On is not null ? "event" : "subject_gone";
            yield return new CoveragePoint(name, "resolves", reason, way.On?.On[0].Span ?? way.Quiet?.Span ?? way.Span, NeedsFalse: false);
        }
    }
}
