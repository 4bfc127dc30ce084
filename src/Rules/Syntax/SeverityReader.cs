using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Syntax;

/// <summary>Reads <c>severity</c>: one word, or a ladder of conditions.</summary>
internal static class SeverityReader
{
    private static readonly ImmutableArray<Severity> All = [Severity.Info, Severity.Warning, Severity.Error, Severity.Critical];

    public static ImmutableArray<SeveritySyntax> Read(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("severity") is not { } node) return [];
        if (node is not Node.Map map)
        {
            var text = NodeReader.Text(node, "'severity'", bag);
            return text is not null && Parse(text, bag) is { } one ? [new SeveritySyntax(one, null)] : [];
        }

        var steps = new List<SeveritySyntax>();
        foreach (var (name, condition) in map.Entries)
        {
            if (Parse(name, bag) is { } severity && NodeReader.Text(condition, $"'{name.Value}'", bag) is { } text) steps.Add(new SeveritySyntax(severity, text));
        }

        return [.. steps.OrderBy(s => s.Severity.Value)];
    }

    private static Spanned<Severity>? Parse(Scalar text, DiagnosticBag bag)
    {
        foreach (var severity in All)
        {
            if (TransitionJson.Name(severity) == text.Value) return new(severity, text.Span);
        }

        var words = All.Select(TransitionJson.Name).ToArray();
        bag.Error(Codes.UnknownWord, text.Span, $"'severity' cannot be '{text.Value}'",
            Suggestion.For(text.Value, words) ?? $"it is one of: {string.Join(", ", words)}");
        return null;
    }
}
