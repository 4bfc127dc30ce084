using Qualm.Rules.Binding;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds steps of a severity ladder that never show: whenever one holds, a higher one does too.</summary>
internal static class LadderProof
{
    public static void Check(LintedRule rule, DiagnosticBag bag)
    {
        var ladder = rule.Bound.Ladder;
        for (var i = 0; i < ladder.Length; i++)
        {
            if (ladder[i].Condition?.Condition is not { } condition) continue;
            var always = Always(rule.Bound);
            for (var j = i + 1; j < ladder.Length; j++)
            {
                if (ladder[j].Condition?.Condition is not { } higher || !higher.Clauses.All(c => IsSure(c, condition, always))) continue;
                bag.Warning(
                    Codes.DeadStep, rule.Syntax.Severity[i].Condition!.Span,
                    $"severity {Word(ladder[i].Severity)} never shows: whenever this holds, {Word(ladder[j].Severity)} holds too", "steps rise: the higher one asks for more");
                break;
            }

            if (condition.Clauses.Any(c => ConstantTest.Of(c) is { } test && always is { } sure && sure.Excludes(test)))
                bag.Warning(Codes.DeadStep, rule.Syntax.Severity[i].Condition!.Span, $"severity {Word(ladder[i].Severity)} never shows: the rule itself asks for more");
        }
    }

    private static bool IsSure(ConditionClause clause, Condition given, ConstantTest? always)
    {
        if (given.Clauses.Any(c => c.Text == clause.Text)) return true;
        if (ConstantTest.Of(clause) is not { } test) return false;
        return always?.Implies(test) == true || given.Clauses.Any(c => ConstantTest.Of(c) is { } known && known.Implies(test));
    }

    // What holds as long as the alert does, when it ends with its condition.
    private static ConstantTest? Always(BoundRule rule)
    {
        if (!rule.Resolve.Fall || rule.Operator is not BoundOperator.Window { Is.IsUpward: true } window) return null;
        var subject = window.Function switch
        {
            WindowFunction.Count => "agg.count",
            WindowFunction.Distinct => "agg.distinct",
            _ => null,
        };
        return subject is null ? null : new(subject, CelComparison.GreaterOrEqual, CelValue.Of(window.AtLeast), true);
    }

    private static string Word(Model.Severity severity) => severity.ToString().ToLowerInvariant();
}
