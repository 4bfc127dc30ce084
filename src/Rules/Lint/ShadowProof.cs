using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds alerts that tell nobody anything that another alert has not told them already.</summary>
internal static class ShadowProof
{
    public static void Check(ImmutableArray<LintedRule> rules, DiagnosticBag bag)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            for (var j = 0; j < rules.Length; j++)
            {
                // Of two that say the same the later one is to go.
                if (i == j || !Covers(rules[j].Bound, rules[i].Bound) || (j > i && Covers(rules[i].Bound, rules[j].Bound))) continue;
                bag.Warning(
                    Codes.Shadowed, rules[i].Syntax.Name.Span, $"'{rules[i].Name}' says nothing new: whenever it fires, '{rules[j].Name}' fires for the same receivers",
                    $"'{rules[j].Name}' is in {rules[j].Bound.Location}; merge them, or give this one another severity or receiver");
                break;
            }
        }
    }

    private static bool Covers(BoundRule wide, BoundRule narrow) =>
        wide.Key.Identity == narrow.Key.Identity
        && !wide.Shadow && !narrow.Shadow && wide.Exceptions.IsEmpty
        && wide.Ladder.Length == 1 && narrow.Ladder.Length == 1 && wide.Ladder[0].Severity >= narrow.Ladder[0].Severity
        && wide.For <= narrow.For && wide.Cooldown <= narrow.Cooldown
        && Tells(wide) is { IsEmpty: false } told && !Tells(narrow).IsEmpty && Tells(narrow).All(told.Contains)
        && Matches(wide, narrow);

    private static ImmutableArray<string> Tells(BoundRule rule) => rule.Receivers[(int)TransitionKind.Firing];

    private static bool Matches(BoundRule wide, BoundRule narrow) => (wide.Operator, narrow.Operator) switch
    {
        (BoundOperator.Each, BoundOperator.Each) => Takes(wide.Match!, narrow.Match!),
        (BoundOperator.Window { Is.IsUpward: true, Function: WindowFunction.Count or WindowFunction.Distinct } a, BoundOperator.Window { Is.IsUpward: true } b) =>
            a.Function == b.Function && a.Text == b.Text && a.Kind == WindowKind.Sliding && b.Kind == WindowKind.Sliding && a.Within >= b.Within && a.AtLeast <= b.AtLeast && Takes(wide.Match!, narrow.Match!),
        (BoundOperator.When a, BoundOperator.When b) => a.Test.Text == b.Test.Text,
        _ => false,
    };

    private static bool Takes(BoundMatch wide, BoundMatch narrow)
    {
        if (!wide.Any && (narrow.Any || !narrow.Events.All(wide.Events.Contains))) return false;
        if (wide.Where is null) return true;
        if (wide.Where.Identity == narrow.Where?.Identity) return true;
        var (asked, given) = (LintedRule.Clauses(wide), LintedRule.Clauses(narrow));
        return !asked.IsEmpty && asked.All(a => given.Any(g => g.Text == a.Text || (ConstantTest.Of(g) is { } known && ConstantTest.Of(a) is { } test && known.Implies(test))));
    }
}
