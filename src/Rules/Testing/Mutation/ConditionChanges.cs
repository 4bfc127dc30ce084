using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing.Mutation;

/// <summary>What can be changed in a condition: its comparisons, its numbers, its texts, its lengths of time, <c>&amp;&amp;</c> and <c>||</c>.</summary>
internal static class ConditionChanges
{
    private static readonly Dictionary<string, string[]> Operators = new(StringComparer.Ordinal)
    {
        ["=="] = ["!="],
        ["!="] = ["=="],
        ["<"] = ["<=", ">="],
        ["<="] = ["<", ">"],
        [">"] = [">=", "<="],
        [">="] = [">", "<"],
        ["&&"] = ["||"],
        ["||"] = ["&&"],
    };

    public static IEnumerable<Change> Of(string rule, Scalar text, EventCatalogue catalogue)
    {
        var tokens = new CelLexer(text.Value).Read();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            var written = text.Value.Substring(token.Span.Offset, token.Span.Length);
            foreach (var (kind, becomes) in Of(token, written, i > 1 && tokens[i - 1].Is("(") ? tokens[i - 2].Text : "", catalogue))
                yield return new Change(rule, text.At(token.Span.Offset, token.Span.Length), kind, written, becomes);
        }
    }

    private static IEnumerable<(string Kind, string Becomes)> Of(CelToken token, string written, string function, EventCatalogue catalogue) => token.Kind switch
    {
        CelTokenKind.Symbol when Operators.TryGetValue(written, out var others) => others.Select(o => ("operator", o)),
        CelTokenKind.Int when long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var n) => Numbers.Around(n).Select(o => ("threshold", o)),
        CelTokenKind.Double when double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) => Numbers.Around(n).Select(o => ("threshold", o)),
        CelTokenKind.Identifier when written is "true" or "false" => [("text", written == "true" ? "false" : "true")],
        CelTokenKind.String when written.Length >= 2 && function == "duration" && Durations.TryParse(written[1..^1], out var length) =>
            Numbers.Around(length).Select(o => ("window", $"{written[0]}{o}{written[^1]}")),

        // Patterns and names of other rules are no texts to be varied.
        CelTokenKind.String when written.Length >= 2 && written[0] is '"' or '\'' && function is not ("matches" or "firing" or "fact" or "in_list" or "in_interval" or "timestamp") =>
            Others(written[1..^1], catalogue).Prepend(written[1..^1] + "~").Select(o => ("text", $"{written[0]}{o}{written[^1]}")),
        _ => [],
    };

    // Where the text is a value of an enum, only another one of its values compiles.
    private static IEnumerable<string> Others(string value, EventCatalogue catalogue) =>
        catalogue.Events.SelectMany(e => Enums(e.Members)).Where(m => m.Values.Contains(value)).SelectMany(m => m.Values).Where(v => v != value).Distinct();

    private static IEnumerable<MemberSchema> Enums(IEnumerable<MemberSchema> members) =>
        members.SelectMany(m => m.Members.IsEmpty ? m.Values.IsEmpty ? [] : [m] : Enums(m.Members));
}
