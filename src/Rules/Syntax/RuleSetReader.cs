using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Syntax;

/// <summary>Reads all files of a set and merges overrides into the rules they are about.</summary>
internal static class RuleSetReader
{
    public static RuleSetSyntax Read(RuleSetText text, DiagnosticBag bag)
    {
        var files = text.Files.Select(file => RuleFileReader.Read(new SourceText(file.Path, file.Text), bag)).ToArray();
        var rules = files.SelectMany(f => f.Rules).ToArray();
        foreach (var change in files.SelectMany(f => f.Overrides))
        {
            if (Find(rules, change, bag) is { } index) rules[index] = Merge(rules[index], change, bag);
        }

        return new RuleSetSyntax([.. rules], [.. files.Select(f => f.Declarations)]);
    }

    // Earlier means read earlier: files come in ordinal order of their paths.
    private static int? Find(RuleSyntax[] rules, RuleSyntax change, DiagnosticBag bag)
    {
        var (name, file) = (change.Name.Value, change.Span.File);
        var earlier = rules.Where(r => string.CompareOrdinal(r.Span.File, file) < 0);
        var index = Array.FindIndex(rules, r => r.Name.Value == name);
        if (index < 0)
        {
            bag.Error(Codes.NothingToOverride, change.Name.Span, $"there is no rule '{name}' to override", Suggestion.For(name, earlier.Select(r => r.Name.Value)));
            return null;
        }

        var found = rules[index];
        var order = string.CompareOrdinal(found.Span.File, file);
        if (order == 0)
        {
            bag.Error(Codes.NothingToOverride, change.Name.Span, $"the rule '{name}' is in this very file, line {found.Name.Span.Line}", "change it there: an override is of a rule in an earlier file");
            return null;
        }

        if (order > 0)
        {
            bag.Error(Codes.NothingToOverride, change.Name.Span, $"the rule '{name}' is in {found.Span.File}, which is read later", "files are read in ordinal order of their paths: name this one so that it comes last");
            return null;
        }

        if (found.Kind == change.Kind) return index;
        bag.Error(Codes.NothingToOverride, change.Name.Span, $"the rule '{name}' is written with '{Word(found.Kind)}', not '{Word(change.Kind)}'", $"write '{Word(found.Kind)}: {name}'");
        return null;
    }

    private static string Word(RuleKind kind) => kind.ToString().ToLowerInvariant();

    private static RuleSyntax Merge(RuleSyntax rule, RuleSyntax change, DiagnosticBag bag)
    {
        // Either part has been read by itself: only what comes of their meeting is new.
        var meeting = bag.Fork();
        var map = rule.Map with { Entries = Merge(rule.Map.Entries, change.Map.Entries) };
        var merged = RuleReader.Read(map, meeting) ?? rule;
        bag.AddUnlessThere(meeting);
        return merged with { Overrides = rule.Overrides.Add(change.Span) };
    }

    // Labels and annotations add up, and the one operator takes the other's place; any other key replaces its namesake.
    private static ImmutableArray<KeyValuePair<Scalar, Node>> Merge(ImmutableArray<KeyValuePair<Scalar, Node>> rule, ImmutableArray<KeyValuePair<Scalar, Node>> changes)
    {
        var entries = rule.ToList();
        if (changes.Any(c => OperatorReader.Keys.Contains(c.Key.Value))) entries.RemoveAll(e => OperatorReader.Keys.Contains(e.Key.Value));
        foreach (var (key, value) in changes)
        {
            if (RuleReader.Kinds.Any(k => k.Word == key.Value)) continue;
            var index = entries.FindIndex(e => e.Key.Value == key.Value);
            if (index < 0) entries.Add(new(key, value));
            else if (key.Value is "labels" or "annotations" && value is Node.Map theirs && entries[index].Value is Node.Map own) entries[index] = new(key, theirs with { Entries = Merge(own.Entries, theirs.Entries) });
            else entries[index] = new(key, value);
        }

        return [.. entries];
    }
}
