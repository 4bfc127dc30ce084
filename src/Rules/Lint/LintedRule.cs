using System.Collections.Immutable;
using Qualm.Rules.Binding;
using Qualm.Rules.Network;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>A rule as it is written and as it was bound.</summary>
internal sealed record LintedRule(RuleSyntax Syntax, BoundRule Bound)
{
    /// <summary>Patterns whose events count for the rule; what only ends its alerts is left out.</summary>
    public IEnumerable<BoundMatch> Matches =>
        DispatchNetwork.Patterns(Bound).Where(p => p.Role < Run.RuleRunner.ResolveRole).Select(p => p.Match);

    public string Name => Bound.Name;

    /// <summary>The name of an event where the rule takes it; the operator when it does not name it.</summary>
    public SourceSpan Place(string name) => Named().FirstOrDefault(n => n.Value == name)?.Span ?? Syntax.Operator.Span;

    /// <summary>The clauses that every event of a pattern must meet.</summary>
    public static ImmutableArray<Conditions.ConditionClause> Clauses(BoundMatch match) => match.Where?.Condition?.Clauses ?? [];

    private IEnumerable<Scalar> Named() => Syntax.Operator switch
    {
        OperatorSyntax.Any any => any.Branches.SelectMany(b => b.On),
        OperatorSyntax.Sequence sequence => sequence.Steps.SelectMany(s => s.Match.On),
        OperatorSyntax.All all => all.Steps.SelectMany(s => s.Match.On),
        OperatorSyntax.Absent absent => Syntax.On.Concat(absent.Awaited.On),
        OperatorSyntax.Ratio ratio => ratio.Numerator.On,
        _ => Syntax.On,
    };
}
