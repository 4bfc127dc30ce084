using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Mutation;

/// <summary>What can be changed in a rule, one thing at a time.</summary>
internal static class RuleChanges
{
    private static readonly Dictionary<string, string[]> Operators = new(StringComparer.Ordinal)
    {
        ["=="] = ["!="],
        ["!="] = ["=="],
        ["<"] = ["<=", ">="],
        ["<="] = ["<", ">"],
        [">"] = [">=", "<="],
        [">="] = [">", "<"],
    };

    /// <param name="source">The file the rule stands in.</param>
    public static IEnumerable<Change> Of(RuleSyntax rule, SourceText source, EventCatalogue catalogue) =>
        Conditions(rule).SelectMany(text => ConditionChanges.Of(rule.Name.Value, text, catalogue))
            .Concat(Comparisons(rule).SelectMany(span => Comparison(rule, span, source)))
            .Concat(Fractions(rule).SelectMany(number => Number(rule, number, source)))
            .Concat(Lengths(rule).SelectMany(length => Length(rule, length, source)))
            .Concat(Windows(rule))
            .Concat(Events(rule).SelectMany(name => Event(rule, name, catalogue)));

    private static IEnumerable<Scalar> Conditions(RuleSyntax rule)
    {
        IEnumerable<Scalar?> found =
        [
            rule.Where, (rule.Operator as OperatorSyntax.When)?.Condition, .. rule.Severity.Select(s => s.Condition), .. rule.Vars.Select(v => v.Value), .. rule.Values.Select(v => v.Value),
            .. EventMatches.Of(rule).Select(m => m.Where), .. rule.Resolve?.Alternatives.Select(a => a.When) ?? [],
        ];
        return found.OfType<Scalar>();
    }

    private static IEnumerable<SourceSpan> Comparisons(RuleSyntax rule) => rule.Operator switch
    {
        OperatorSyntax.Count count => [count.Is.Span],
        OperatorSyntax.Aggregate aggregate => [aggregate.Is.Span],
        OperatorSyntax.Ratio ratio => [ratio.Is.Span],
        _ => [],
    };

    private static IEnumerable<Spanned<double>> Fractions(RuleSyntax rule) => rule.Operator switch
    {
        OperatorSyntax.Ratio { Min: { } min } => [min],
        OperatorSyntax.Flap flap => [flap.History, flap.High, flap.Low],
        _ => [],
    };

    private static IEnumerable<Spanned<TimeSpan>> Lengths(RuleSyntax rule)
    {
        var alternatives = rule.Resolve?.Alternatives ?? [];
        IEnumerable<Spanned<TimeSpan>?> found =
            [rule.Within, rule.Gap, rule.For, rule.Cooldown, rule.Renotify, .. rule.Actions.Select(a => a.After), .. alternatives.Select(a => a.Quiet), .. alternatives.Select(a => a.For)];
        return found.OfType<Spanned<TimeSpan>>();
    }

    // A session has a gap, which no other window may have: nothing can stand in its place.
    private static IEnumerable<Change> Windows(RuleSyntax rule) =>
        rule.Window is { Value: "tumbling" or "sliding" } window
            ? [new Change(rule.Name.Value, window.At(0, window.Value.Length), "window", window.Value, window.Value == "sliding" ? "tumbling" : "sliding")]
            : [];

    private static IEnumerable<Scalar> Events(RuleSyntax rule) =>
        rule.On.Concat(EventMatches.Of(rule).SelectMany(m => m.On)).Where(e => e.Value != "*");

    private static IEnumerable<Change> Comparison(RuleSyntax rule, SourceSpan span, SourceText source)
    {
        var written = Written(span, source);
        var symbol = Operators.Keys.OrderByDescending(o => o.Length).FirstOrDefault(o => written.TrimStart('"', '\'', ' ').StartsWith(o, StringComparison.Ordinal));
        if (symbol is null) yield break;
        var at = written.IndexOf(symbol, StringComparison.Ordinal);
        foreach (var other in Operators[symbol]) yield return new Change(rule.Name.Value, Part(span, at, symbol.Length), "operator", symbol, other);
        var number = written[(at + symbol.Length)..].Trim('"', '\'', ' ');
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) yield break;
        var place = Part(span, written.IndexOf(number, at + symbol.Length, StringComparison.Ordinal), number.Length);
        foreach (var other in Numbers.Around(value)) yield return new Change(rule.Name.Value, place, "threshold", number, other);
    }

    private static IEnumerable<Change> Number(RuleSyntax rule, Spanned<double> number, SourceText source)
    {
        var (span, written) = Bare(number.Span, source);
        return Numbers.Around(number.Value).Select(other => new Change(rule.Name.Value, span, "threshold", written, other));
    }

    private static IEnumerable<Change> Length(RuleSyntax rule, Spanned<TimeSpan> length, SourceText source)
    {
        var (span, written) = Bare(length.Span, source);
        return Numbers.Around(length.Value).Select(other => new Change(rule.Name.Value, span, "window", written, other));
    }

    // Any other event will do; which one the rest of the rule can be read from, only the compiler knows.
    private static IEnumerable<Change> Event(RuleSyntax rule, Scalar name, EventCatalogue catalogue)
    {
        var used = Events(rule).Select(e => e.Value).ToHashSet(StringComparer.Ordinal);
        var place = name.At(0, name.Value.Length);
        return catalogue.Events.Where(e => !used.Contains(e.Name)).Select(e => new Change(rule.Name.Value, place, "event", name.Value, e.Name));
    }

    private static (SourceSpan Span, string Written) Bare(SourceSpan span, SourceText source)
    {
        var written = Written(span, source);
        return written.Length >= 2 && written[0] is '"' or '\'' ? (Part(span, 1, written.Length - 2), written[1..^1]) : (span, written);
    }

    private static SourceSpan Part(SourceSpan span, int offset, int length) => span with { Column = span.Column + offset, Length = Math.Max(1, length) };

    private static string Written(SourceSpan span, SourceText source)
    {
        var line = source.Line(span.Line);
        var from = Math.Min(span.Column - 1, line.Length);
        return line.Substring(from, Math.Min(span.Length, line.Length - from));
    }
}
