using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Reads one rule file into its syntax tree. Rules with a fault in them are still returned as far as they make sense.</summary>
internal static class RuleFileReader
{
    /// <summary>Keys that a group may set for all its rules.</summary>
    public static readonly ImmutableArray<string> DefaultKeys =
    [
        "by", "resolve", "cooldown", "renotify", "severity", "labels", "annotations", "runbook_url", "actions", "on_gap", "lateness", "mode", "tags",
    ];

    public static RuleFileSyntax Read(SourceText source, DiagnosticBag bag)
    {
        bag.Add(source);
        var rules = ImmutableArray.CreateBuilder<RuleSyntax>();
        if (YamlReader.Read(source, bag) is { } root && NodeReader.Map(root, "a rule file", bag) is { } map) ReadFile(new MapReader(map, "a rule file", bag), rules, bag);
        return new RuleFileSyntax(source.Path, rules.ToImmutable());
    }

    private static void ReadFile(MapReader file, ImmutableArray<RuleSyntax>.Builder rules, DiagnosticBag bag)
    {
        foreach (var later in (string[])["lists", "macros", "intervals", "override"])
        {
            if (file.Take(later) is not null) NotSupported(file.KeyOf(later)!, bag);
        }

        if (file.Take("groups") is { } groups && NodeReader.List(groups, "'groups'", bag) is { } list)
        {
            foreach (var item in list.Items)
            {
                if (NodeReader.Map(item, "a group", bag) is { } group) ReadGroup(new MapReader(group, "a group", bag), rules, bag);
            }
        }

        if (!file.Has("groups")) bag.Error(Codes.MissingKey, file.Span, "a rule file needs the key 'groups'");
        file.Finish();
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
        foreach (var key in DefaultKeys) reader.Take(key);
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

    public static void NotSupported(Scalar key, DiagnosticBag bag) =>
        bag.Error(Codes.NotSupported, key.Span, $"'{key.Value}' is not supported yet", "take it out, or wait for a version that runs it");
}
