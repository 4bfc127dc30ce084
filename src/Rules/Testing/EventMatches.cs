using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing;

/// <summary>Finds the events that a rule names besides its own <c>on</c>.</summary>
internal static class EventMatches
{
    public static IEnumerable<EventMatchSyntax> Of(RuleSyntax rule) =>
        Of(rule.Operator).Concat(rule.Resolve?.Alternatives.Select(a => a.On).OfType<EventMatchSyntax>() ?? []);

    private static IEnumerable<EventMatchSyntax> Of(OperatorSyntax operation) => operation switch
    {
        OperatorSyntax.Ratio ratio => [ratio.Numerator],
        OperatorSyntax.Sequence sequence => sequence.Steps.Select(s => s.Match),
        OperatorSyntax.All all => all.Steps.Select(s => s.Match),
        OperatorSyntax.Any any => any.Branches,
        OperatorSyntax.Absent absent => [absent.Awaited],
        _ => [],
    };
}
