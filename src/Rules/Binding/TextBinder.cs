using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds what a rule says when it decides: severity, labels, annotations.</summary>
internal sealed partial class TextBinder(ExpressionBinder expressions, DiagnosticBag bag)
{
    public sealed record Texts(
        ImmutableArray<(Severity Severity, DecisionTest? Condition)> Ladder,
        ImmutableArray<(string Name, DecisionText Text)> Labels,
        ImmutableArray<(string Name, DecisionText Text)> Annotations,
        ConditionReads Reads,
        bool ShowsMembers,
        bool ShowsSteps,
        bool LadderAddsUp);

    public Texts Bind(RuleSyntax rule, ExpressionScope scope)
    {
        var ladder = ImmutableArray.CreateBuilder<(Severity, DecisionTest?)>();
        foreach (var step in rule.Severity)
        {
            var condition = step.Condition is null ? null : expressions.Step(step.Condition, scope);
            if (condition is not null || step.Condition is null) ladder.Add((step.Severity.Value, condition));
        }

        // A rule that does not say how bad it is warns.
        if (rule.Severity.IsEmpty) ladder.Add((Severity.Warning, null));
        foreach (var (name, text) in rule.Labels)
        {
            if (!ReadsOnlyKey(text.Value)) bag.Error(Codes.LabelNotConstant, text.Span, $"label '{name.Value}' must be constant or made of key parts", "labels group alerts, so they must not change: use {{ key.… }}, or an annotation");
        }

        var (labels, annotations) = (Bind(rule.Labels, scope), Bind(rule.Annotations, scope));
        var steps = ladder.Select(s => s.Item2).OfType<DecisionTest>().Aggregate(ConditionReads.Nothing, (all, s) => all.And(s.Reads));
        var reads = annotations.Aggregate(steps, (all, t) => all.And(t.Item2.Reads));
        return new Texts(
            ladder.ToImmutable(), labels, annotations, reads, reads.Aggregates.Contains("members"),
            ShowsSteps: rule.Annotations.Any(a => a.Value.Value.Contains("{{", StringComparison.Ordinal)) || rule.Severity.Any(s => s.Condition is not null), LadderAddsUp: !steps.Aggregates.IsEmpty);
    }

    private ImmutableArray<(string, DecisionText)> Bind(ImmutableArray<KeyValuePair<Scalar, Scalar>> texts, ExpressionScope scope)
    {
        var bound = ImmutableArray.CreateBuilder<(string, DecisionText)>();
        foreach (var (name, text) in texts)
        {
            if (expressions.Text(text, scope) is { } filled) bound.Add((name.Value, filled));
        }

        return bound.ToImmutable();
    }

    private static bool ReadsOnlyKey(string text) => Placeholder().Matches(text).All(m => m.Groups[1].Value.TrimStart().StartsWith("key.", StringComparison.Ordinal));

    [GeneratedRegex(@"\{\{(.*?)\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
