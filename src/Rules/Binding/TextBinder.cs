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
        ImmutableArray<(string Name, DecisionValue Value)> Values,
        ConditionReads Reads,
        bool ShowsMembers,
        bool ShowsSteps,
        bool LadderAddsUp);

    /// <param name="parts">Of the key: names that values cannot have.</param>
    public Texts Bind(RuleSyntax rule, ExpressionScope scope, ImmutableArray<KeyBinder.Part> parts)
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

        var (labels, annotations, values) = (Bind(rule.Labels, scope), Bind(rule.Annotations, scope), Values(rule, scope, parts));
        var steps = ladder.Select(s => s.Item2).OfType<DecisionTest>().Aggregate(ConditionReads.Nothing, (all, s) => all.And(s.Reads));
        var reads = values.Aggregate(annotations.Aggregate(steps, (all, t) => all.And(t.Item2.Reads)), (all, v) => all.And(v.Item2.Reads));
        return new Texts(
            ladder.ToImmutable(), labels, annotations, values, reads, reads.Aggregates.Contains("members"),
            ShowsSteps: !values.IsEmpty || rule.Annotations.Any(a => a.Value.Value.Contains("{{", StringComparison.Ordinal)) || rule.Severity.Any(s => s.Condition is not null), LadderAddsUp: !steps.Aggregates.IsEmpty);
    }

    private ImmutableArray<(string, DecisionValue)> Values(RuleSyntax rule, ExpressionScope scope, ImmutableArray<KeyBinder.Part> parts)
    {
        if (rule.Kind != RuleKind.Emit) return [];
        var bound = ImmutableArray.CreateBuilder<(string, DecisionValue)>();
        foreach (var (name, text) in rule.Values)
        {
            if (!name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !char.IsAsciiLetter(name.Value.FirstOrDefault()))
                bag.Error(Codes.BadValue, name.Span, $"a value cannot be named '{name.Value}'", "begin with a letter; letters, digits and '_' may follow");
            else if (parts.Any(p => p.Name == name.Value))
                bag.Error(Codes.BadValue, name.Span, $"'{name.Value}' is a part of the key already", "the event carries the key by itself");
            else if (expressions.Decided(text, scope) is { } value)
                bound.Add((name.Value, value));
        }

        return bound.ToImmutable();
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
