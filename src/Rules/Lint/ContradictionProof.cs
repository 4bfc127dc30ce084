using Qualm.Rules.Binding;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds conditions that nothing can meet.</summary>
internal static class ContradictionProof
{
    public static void Check(LintedRule rule, DiagnosticBag bag)
    {
        if (rule.Bound.Match is { } match && rule.Syntax.Where is { } where) Check(match, where, "no event can match", bag);
        switch (rule.Syntax.Operator, rule.Bound.Operator)
        {
            case (OperatorSyntax.Any syntax, BoundOperator.Any any):
                foreach (var (written, bound) in syntax.Branches.Zip(any.Branches)) Check(bound, written.Where, "no event can match", bag);
                break;
            case (OperatorSyntax.Sequence syntax, BoundOperator.Steps steps):
                foreach (var (written, bound) in syntax.Steps.Zip(steps.All)) Check(bound.Match, written.Match.Where, "no event can match", bag);
                break;
            case (OperatorSyntax.All syntax, BoundOperator.Steps steps):
                foreach (var (written, bound) in syntax.Steps.Zip(steps.All)) Check(bound.Match, written.Match.Where, "no event can match", bag);
                break;
            case (OperatorSyntax.Absent syntax, BoundOperator.Absent absent):
                Check(absent.Awaited, syntax.Awaited.Where, "no event can ever be what is awaited", bag);
                break;
            default:
                break;
        }

        var endings = rule.Syntax.Resolve?.Alternatives ?? [];
        foreach (var (written, bound) in endings.Zip(rule.Bound.Resolve.Alternatives))
        {
            if (bound.On is { } on) Check(on, written.On?.Where, "no event can ever end it", bag);
        }
    }

    private static void Check(BoundMatch match, Scalar? where, string consequence, DiagnosticBag bag)
    {
        if (where is null || match.Where?.Condition is not { } condition) return;
        if (condition.Constant is { Kind: CelKind.Bool } constant && !constant.AsBool)
        {
            bag.Warning(Codes.NeverMatches, where.Span, $"{consequence}: this is always false", "take the rule out, or disable it with 'mode: disabled'");
            return;
        }

        if (Find(condition) is not var (first, second)) return;
        bag.Warning(Codes.NeverMatches, where.At(second.Span.Offset, second.Span.Length), $"{consequence}: this excludes '{first.Text}'", "did you mean '||'?");
    }

    private static (ConditionClause First, ConditionClause Second)? Find(Condition condition)
    {
        for (var i = 0; i < condition.Clauses.Length; i++)
        {
            if (ConstantTest.Of(condition.Clauses[i]) is not { } first) continue;
            for (var j = i + 1; j < condition.Clauses.Length; j++)
            {
                if (ConstantTest.Of(condition.Clauses[j]) is { } second && first.Excludes(second)) return (condition.Clauses[i], condition.Clauses[j]);
            }
        }

        return null;
    }
}
