using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds thresholds that QEMU's rate limits, or the values a member can have, put out of reach.</summary>
internal static class ThrottleProof
{
    public static void Check(LintedRule rule, DiagnosticBag bag)
    {
        switch (rule.Bound.Operator)
        {
            case BoundOperator.Window { Function: WindowFunction.Count, Is: { IsUpward: true } } window:
                if (Most(rule, window.Within) is { } most && window.AtLeast > most) Say(rule, ((OperatorSyntax.Count)rule.Syntax.Operator).Is.Span, window.AtLeast, most, window.Within, bag);
                CheckLadder(rule, "agg.count", window.Within, bag);
                break;
            case BoundOperator.Window { Function: WindowFunction.Distinct, Is: { IsUpward: true } } window:
                CheckDistinct(rule, window, (OperatorSyntax.Aggregate)rule.Syntax.Operator, bag);
                break;
            case BoundOperator.Flap flap:
                var needed = (long)Math.Ceiling(flap.High * (flap.History - 1)) + 1;
                if (Most(rule, flap.Within) is { } values && needed > values) Say(rule, ((OperatorSyntax.Flap)rule.Syntax.Operator).High.Span, needed, values, flap.Within, bag);
                break;
            case BoundOperator.Steps steps:
                CheckSteps(rule, steps, bag);
                break;
            default:
                break;
        }
    }

    // A session without a bound may be of any length.
    private static long? Most(LintedRule rule, TimeSpan within) => rule.Bound.Match is { } match && within > TimeSpan.Zero ? Throttle.MostIn(match, within) : null;

    private static void Say(LintedRule rule, SourceSpan span, long needed, long most, TimeSpan within, DiagnosticBag bag) => bag.Error(
        Codes.Unreachable, span,
        string.Create(CultureInfo.InvariantCulture, $"this can never be reached: {needed} events are needed, and at most {most} can come within {Durations.Format(within)}"),
        Throttle.Describe(rule.Bound.Match!.Events) + "; look over a longer time, or ask for less");

    private static void CheckDistinct(LintedRule rule, BoundOperator.Window window, OperatorSyntax.Aggregate syntax, DiagnosticBag bag)
    {
        if (Most(rule, window.Within) is { } most && window.AtLeast > most)
        {
            Say(rule, syntax.Is.Span, window.AtLeast, most, window.Within, bag);
            return;
        }

        if (window.Different is not { Parts: [{ Source: KeySource.Member } part] } || rule.Bound.Match is not { Any: false } match) return;
        if (match.Events.Any(e => part.Members[e.Id] is not { Type: MemberType.Bool }) || window.AtLeast <= 2) return;
        bag.Error(Codes.Unreachable, syntax.Is.Span, $"this can never be reached: '{window.Text}' has two values", "count events instead, or ask for both values with '>= 2'");
    }

    private static void CheckLadder(LintedRule rule, string subject, TimeSpan within, DiagnosticBag bag)
    {
        if (Most(rule, within) is not { } most) return;
        var limit = new ConstantTest(subject, CelComparison.LessOrEqual, CelValue.Of(most), true);
        for (var i = 0; i < rule.Bound.Ladder.Length; i++)
        {
            if (rule.Bound.Ladder[i].Condition?.Condition is not { } condition) continue;
            if (!condition.Clauses.Any(c => ConstantTest.Of(c) is { } test && limit.Excludes(test))) continue;
            bag.Error(
                Codes.Unreachable, rule.Syntax.Severity[i].Condition!.Span,
                string.Create(CultureInfo.InvariantCulture, $"this step can never be reached: at most {most} events can come within {Durations.Format(within)}"),
                Throttle.Describe(rule.Bound.Match!.Events));
        }
    }

    private static void CheckSteps(LintedRule rule, BoundOperator.Steps steps, DiagnosticBag bag)
    {
        foreach (var group in steps.All.Where(s => !s.Unless).GroupBy(s => string.Join(' ', s.Match.Events.Select(e => e.Name)), StringComparer.Ordinal))
        {
            if (group.Min(s => Throttle.MostIn(s.Match, steps.Within)) is not { } most || group.Count() <= most) continue;
            bag.Error(
                Codes.Unreachable, rule.Syntax.Operator.Span,
                string.Create(CultureInfo.InvariantCulture, $"this can never be reached: {group.Count()} events {group.Key} are needed, and at most {most} can come within {Durations.Format(steps.Within)}"),
                Throttle.Describe(group.First().Match.Events));
        }
    }
}
