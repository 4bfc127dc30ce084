using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads one rule.</summary>
internal static class RuleReader
{
    /// <summary>Keys that name a rule and say what it makes.</summary>
    public static readonly ImmutableArray<(string Word, RuleKind Kind)> Kinds = [("alert", RuleKind.Alert), ("emit", RuleKind.Emit), ("fact", RuleKind.Fact)];

    /// <param name="what">What to call it in messages.</param>
    /// <returns>Null when it has no name; the reason is in <paramref name="bag"/>.</returns>
    public static RuleSyntax? Read(Node.Map map, DiagnosticBag bag, string what = "a rule")
    {
        var rule = new MapReader(map, what, bag);
        var given = Kinds.Where(k => rule.Has(k.Word)).ToArray();
        Scalar? name = null;
        foreach (var (word, _) in Kinds) name = rule.Text(word) ?? name;
        if (given.Length == 0) bag.Error(Codes.MissingKey, map.Span, $"{what} needs one of the keys 'alert', 'emit' or 'fact'");
        if (given.Length > 1) bag.Error(Codes.KeysDisagree, rule.KeyOf(given[1].Word)!.Span, $"{what} cannot be both '{given[0].Word}' and '{given[1].Word}'");
        CheckName(name, bag);
        var operation = OperatorReader.Read(rule, name?.Span ?? map.Span, bag);
        var syntax = ReadKeys(rule, map, given.Length == 0 ? RuleKind.Alert : given[0].Kind, name, operation, bag);
        rule.Finish();
        return name is null ? null : syntax;
    }

    private static RuleSyntax ReadKeys(MapReader rule, Node.Map map, RuleKind kind, Scalar? name, OperatorSyntax operation, DiagnosticBag bag) => new()
    {
        Span = map.Span,
        Map = map,
        Kind = kind,
        Name = name!,
        Operator = operation,
        On = rule.Texts("on") ?? [],
        Where = rule.Text("where"),
        Vars = rule.Pairs("vars"),
        By = By(rule, bag),
        Within = rule.Duration("within"),
        Window = rule.Text("window"),
        Gap = rule.Duration("gap"),
        For = rule.Duration("for"),
        Skip = rule.Text("skip"),
        Resolve = ResolveReader.Read(rule, bag),
        Cooldown = rule.Duration("cooldown"),
        Renotify = rule.Duration("renotify"),
        Lateness = rule.Duration("lateness"),
        Severity = SeverityReader.Read(rule, bag),
        Labels = rule.Pairs("labels"),
        Annotations = rule.Pairs("annotations"),
        Values = rule.Pairs("values"),
        RunbookUrl = rule.Text("runbook_url"),
        Actions = ActionsReader.Read(rule, bag),
        Exceptions = FilterReader.Exceptions(rule, bag),
        Inhibits = FilterReader.Inhibits(rule, bag),
        OnGap = OnGap(rule),
        Mode = Mode(rule)?.Value ?? RuleMode.Active,
        Tags = rule.Texts("tags") ?? [],
    };

    /// <summary>Reads what a group says for its rules, for the faults in it: no rule may take it over.</summary>
    public static void CheckDefaults(MapReader defaults, DiagnosticBag bag)
    {
        By(defaults, bag);
        ResolveReader.Read(defaults, bag);
        SeverityReader.Read(defaults, bag);
        ActionsReader.Read(defaults, bag);
        foreach (var key in (string[])["cooldown", "renotify", "lateness"]) defaults.Duration(key);
        foreach (var key in (string[])["labels", "annotations"]) defaults.Pairs(key);
        defaults.Text("runbook_url");
        defaults.Texts("tags");
        OnGap(defaults);
        Mode(defaults);
    }

    private static Spanned<GapPolicy>? OnGap(MapReader rule) => rule.Word("on_gap", ("unknown", GapPolicy.Unknown), ("fire", GapPolicy.Fire), ("ignore", GapPolicy.Ignore));

    private static Spanned<RuleMode>? Mode(MapReader rule) => rule.Word("mode", ("active", RuleMode.Active), ("shadow", RuleMode.Shadow), ("disabled", RuleMode.Disabled));

    private static void CheckName(Scalar? name, DiagnosticBag bag)
    {
        if (name is null) return;
        var good = name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && char.IsAsciiLetter(name.Value[0]);
        if (!good) bag.Error(Codes.BadName, name.Span, $"'{name.Value}' is not a name", "begin with a letter; letters, digits, '_', '-' and '.' may follow");
    }

    private static ImmutableArray<KeyValuePair<Scalar?, Scalar>>? By(MapReader rule, DiagnosticBag bag)
    {
        if (rule.Take("by") is not { } node) return null;
        var parts = ImmutableArray.CreateBuilder<KeyValuePair<Scalar?, Scalar>>();
        if (node is Node.Map named) Named(named, parts, bag);
        else foreach (var item in node is Node.List list ? list.Items : [node])
        {
            if (item is Node.Map map) Named(map, parts, bag);
            else if (NodeReader.Text(item, "a member of 'by'", bag) is { } text) parts.Add(Split(text));
        }

        if (parts.Count == 0 && node is Node.List { Items.IsEmpty: true }) bag.Error(Codes.WrongKind, node.Span, "'by' must not be an empty list");
        return parts.Count == 0 ? null : parts.ToImmutable();
    }

    // 'name: expression' in quotes is one text to YAML; no expression begins that way.
    private static KeyValuePair<Scalar?, Scalar> Split(Scalar text)
    {
        var colon = text.Value.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || !text.Value[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return new(null, text);
        var start = colon + 2;
        var name = text with { Value = text.Value[..colon], Span = text.At(0, colon) };
        return new(name, text with { Value = text.Value[start..], Span = text.At(start, text.Value.Length - start), Origins = text.Origins.Length > start ? text.Origins[start..] : [] });
    }

    private static void Named(Node.Map map, ImmutableArray<KeyValuePair<Scalar?, Scalar>>.Builder parts, DiagnosticBag bag)
    {
        foreach (var (name, value) in map.Entries)
        {
            if (NodeReader.Text(value, $"key part '{name.Value}'", bag) is { } text) parts.Add(new(name, text));
        }
    }
}
