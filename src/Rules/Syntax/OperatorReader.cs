using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads the one operator of a rule.</summary>
internal static class OperatorReader
{
    public static readonly ImmutableArray<string> Keys =
        ["count", "distinct", "sum", "avg", "min", "max", "ratio", "sequence", "all", "any", "absent", "flap", "when"];

    public static OperatorSyntax Read(MapReader rule, SourceSpan name, DiagnosticBag bag)
    {
        var given = Keys.Where(rule.Has).Select(k => rule.KeyOf(k)!).OrderBy(k => k.Span).ToArray();
        foreach (var second in given.Skip(1))
        {
            bag.Error(Codes.KeysDisagree, second.Span, $"a rule has one operator: '{given[0].Value}' and '{second.Value}' exclude each other");
        }

        var results = Keys.Select(key => (key, rule.Take(key))).Where(k => k.Item2 is not null)
            .Select(k => (k.key, ReadOne(rule, k.key, k.Item2!, bag))).ToArray();
        if (given.Length == 0) return new OperatorSyntax.Each(name);
        return results.First(r => r.key == given[0].Value).Item2 ?? new OperatorSyntax.Faulty(given[0].Span);
    }

    private static OperatorSyntax? ReadOne(MapReader rule, string key, Node node, DiagnosticBag bag)
    {
        var span = rule.KeyOf(key)!.Span;
        switch (key)
        {
            case "count":
                return rule.Comparison(key) is { } comparison ? new OperatorSyntax.Count(span, comparison) : null;
            case "when":
                return rule.Text(key) is { } condition ? new OperatorSyntax.When(span, condition) : null;
            case "sequence":
                return Steps(EventMatchReader.Steps(node, "'sequence'", true, bag), span, key, bag) is { } steps ? new OperatorSyntax.Sequence(span, steps) : null;
            case "all":
                return Steps(EventMatchReader.Steps(node, "'all'", false, bag), span, key, bag) is { } both ? new OperatorSyntax.All(span, both) : null;
            case "any":
                return Any(node, span, bag);
            case "absent":
                return EventMatchReader.Read(node, null, "'absent'", bag) is { } awaited ? new OperatorSyntax.Absent(span, awaited) : null;
            case "ratio":
                return Ratio(rule, span, bag);
            case "flap":
                return Flap(rule, span, bag);
            default:
                return Aggregate(rule, key, span, bag);
        }
    }

    private static ImmutableArray<StepSyntax>? Steps(ImmutableArray<StepSyntax> steps, SourceSpan span, string key, DiagnosticBag bag)
    {
        if (steps.Count(s => !s.Unless) >= 2) return steps;
        bag.Error(Codes.MissingKey, span, $"'{key}' needs at least two steps");
        return null;
    }

    private static OperatorSyntax.Any? Any(Node node, SourceSpan span, DiagnosticBag bag)
    {
        if (NodeReader.List(node, "'any'", bag) is not { } list) return null;
        if (list.Items.IsEmpty) bag.Error(Codes.WrongKind, list.Span, "'any' must not be an empty list");
        var branches = ImmutableArray.CreateBuilder<EventMatchSyntax>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "a branch of 'any'", bag) is not { } map) continue;
            var reader = new MapReader(map, "a branch of 'any'", bag);
            var name = reader.Text("name");
            if (EventMatchReader.Read(reader, name, "a branch of 'any'", bag) is { } match) branches.Add(match);
            reader.Finish();
        }

        return branches.Count == 0 ? null : new OperatorSyntax.Any(span, branches.ToImmutable());
    }

    private static OperatorSyntax.Aggregate? Aggregate(MapReader rule, string key, SourceSpan span, DiagnosticBag bag)
    {
        if (rule.Map(key) is not { } map) return null;
        var (of, comparison) = (map.Required("of"), map.Comparison("is"));
        if (!map.Has("is")) bag.Error(Codes.MissingKey, map.Span, $"'{key}' needs the key 'is'");
        map.Finish();
        return of is not null && comparison is { } found ? new OperatorSyntax.Aggregate(span, key, of, found) : null;
    }

    private static OperatorSyntax.Ratio? Ratio(MapReader rule, SourceSpan span, DiagnosticBag bag)
    {
        if (rule.Map("ratio") is not { } map) return null;
        var (denominator, comparison, min) = (map.Required("den"), map.Comparison("is"), map.Number("min"));
        if (!map.Has("is")) bag.Error(Codes.MissingKey, map.Span, "'ratio' needs the key 'is'");
        var numerator = map.Map("num");
        if (!map.Has("num")) bag.Error(Codes.MissingKey, map.Span, "'ratio' needs the key 'num'");
        map.Finish();
        if (numerator is null) return null;
        var distinct = numerator.Text("distinct");
        var match = EventMatchReader.Read(numerator, null, "'num'", bag);
        numerator.Finish();
        return match is null || denominator is null || comparison is not { } found
            ? null
            : new OperatorSyntax.Ratio(span, match, distinct, denominator, found, min);
    }

    private static OperatorSyntax.Flap? Flap(MapReader rule, SourceSpan span, DiagnosticBag bag)
    {
        if (rule.Map("flap") is not { } map) return null;
        var (value, history, high, low) = (map.Required("value"), map.Number("history"), map.Number("high"), map.Number("low"));
        foreach (var key in (string[])["history", "high", "low"])
        {
            if (!map.Has(key)) bag.Error(Codes.MissingKey, map.Span, $"'flap' needs the key '{key}'");
        }

        map.Finish();
        return value is not null && history is { } h && high is { } up && low is { } down ? new OperatorSyntax.Flap(span, value, h, up, down) : null;
    }
}
