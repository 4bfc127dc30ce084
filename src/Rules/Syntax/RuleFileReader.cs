using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads one rule file into its syntax tree. Rules with a fault in them are still returned as far as they make sense.</summary>
internal static class RuleFileReader
{
    /// <summary>Keys of a file; it has at least one of them.</summary>
    public static readonly ImmutableArray<string> Keys = ["groups", "lists", "macros", "intervals", "override"];

    /// <summary>Keys that a group may set for all its rules.</summary>
    public static readonly ImmutableArray<string> DefaultKeys =
    [
        "by", "resolve", "cooldown", "renotify", "severity", "labels", "annotations", "runbook_url", "actions", "on_gap", "lateness", "mode", "tags",
    ];

    public static RuleFileSyntax Read(SourceText source, DiagnosticBag bag)
    {
        bag.Add(source);
        return YamlReader.Read(source, bag) is { } root && NodeReader.Map(root, "a rule file", bag) is { } map
            ? ReadFile(source.Path, new MapReader(map, "a rule file", bag), bag)
            : new RuleFileSyntax(source.Path, []);
    }

    private static RuleFileSyntax ReadFile(string path, MapReader file, DiagnosticBag bag)
    {
        var rules = ImmutableArray.CreateBuilder<RuleSyntax>();
        var declarations = DeclarationReader.Read(file, bag);
        var overrides = ReadOverrides(file, bag);
        if (file.Take("groups") is { } groups && NodeReader.List(groups, "'groups'", bag) is { } list)
        {
            foreach (var item in list.Items)
            {
                if (NodeReader.Map(item, "a group", bag) is { } group) ReadGroup(new MapReader(group, "a group", bag), rules, bag);
            }
        }

        if (!Keys.Any(file.Has)) bag.Error(Codes.MissingKey, file.Span, "a rule file needs the key 'groups'", "or one of 'lists', 'macros', 'intervals' and 'override'");
        file.Finish();
        return new RuleFileSyntax(path, rules.ToImmutable()) { Declarations = declarations, Overrides = overrides };
    }

    private static ImmutableArray<RuleSyntax> ReadOverrides(MapReader file, DiagnosticBag bag)
    {
        if (file.Take("override") is not { } node || NodeReader.List(node, "'override'", bag) is not { } list) return [];
        var overrides = ImmutableArray.CreateBuilder<RuleSyntax>();
        foreach (var item in list.Items)
        {
            if (NodeReader.Map(item, "an override", bag) is not { } map) continue;
            if (RuleReader.Read(map, bag, "an override") is not { } syntax) continue;
            if (map.Entries.Length == 1) bag.Error(Codes.MissingKey, syntax.Name.Span, "an override needs the keys that it replaces", $"e.g. {{ {map.Entries[0].Key.Value}: {syntax.Name.Value}, mode: disabled }}");
            overrides.Add(syntax);
        }

        return overrides.ToImmutable();
    }

    private static void ReadGroup(MapReader group, ImmutableArray<RuleSyntax>.Builder rules, DiagnosticBag bag)
    {
        group.Required("name");
        var defaults = ImmutableArray<KeyValuePair<Scalar, Node>>.Empty;
        if (group.Take("defaults") is { } node && NodeReader.Map(node, "'defaults'", bag) is { } map) defaults = CheckDefaults(map, bag);
        if (group.Take("rules") is { } found && NodeReader.List(found, "'rules'", bag) is { } list)
        {
            foreach (var item in list.Items)
            {
                if (NodeReader.Map(item, "a rule", bag) is { } rule && RuleReader.Read(Merge(rule, DefaultsOf(rule, defaults)), bag) is { } syntax) rules.Add(syntax);
            }
        }

        if (!group.Has("rules")) bag.Error(Codes.MissingKey, group.Span, "a group needs the key 'rules'");
        group.Finish();
    }

    private static ImmutableArray<KeyValuePair<Scalar, Node>> CheckDefaults(Node.Map map, DiagnosticBag bag)
    {
        var reader = new MapReader(map, "'defaults'", bag);
        RuleReader.CheckDefaults(reader, bag);
        reader.Finish();
        return [.. map.Entries.Where(e => DefaultKeys.Contains(e.Key.Value))];
    }

    // Nobody is told of events and facts: what a group says about that is said of its alerts.
    private static IEnumerable<KeyValuePair<Scalar, Node>> DefaultsOf(Node.Map rule, ImmutableArray<KeyValuePair<Scalar, Node>> defaults) =>
        rule.Entries.Any(e => e.Key.Value == "alert") ? defaults : defaults.Where(d => d.Key.Value is not ("actions" or "renotify" or "cooldown" or "runbook_url"));

    // Labels and annotations add up, the rule's own winning; of other keys the rule's own stands alone.
    private static Node.Map Merge(Node.Map rule, IEnumerable<KeyValuePair<Scalar, Node>> defaults)
    {
        var entries = rule.Entries.ToBuilder();
        foreach (var (key, value) in defaults)
        {
            var index = rule.Entries.ToList().FindIndex(e => e.Key.Value == key.Value);
            if (index < 0) entries.Add(new(key, value));
            else if (key.Value is "labels" or "annotations" && value is Node.Map theirs && entries[index].Value is Node.Map own) entries[index] = new(entries[index].Key, Merge(own, theirs.Entries));
        }

        return rule with { Entries = entries.ToImmutable() };
    }
}
