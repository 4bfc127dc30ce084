using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Binds <c>inhibits</c>: which alerts a rule mutes, and how the subjects of both are compared.</summary>
internal static class InhibitBinder
{
    public static ImmutableArray<BoundRule> Bind(ImmutableArray<BoundRule> rules, IReadOnlyDictionary<string, RuleSyntax> syntax, DiagnosticBag bag)
    {
        ImmutableArray<BoundRule> bound = [.. rules.Select(rule => syntax[rule.Name].Inhibits.IsEmpty ? rule : rule with { Inhibits = [.. syntax[rule.Name].Inhibits.SelectMany(i => Bind(rule, i, rules, syntax, bag))] })];
        foreach (var cycle in Cycles.Find(bound, r => r.Inhibits.Select(i => i.Target)))
        {
            bag.Error(
                Codes.MuteEachOther, syntax[cycle[0].Name].Inhibits[0].Alert.Span, $"alerts mute each other: {Cycles.Text(cycle)}",
                "when they fire together nobody would be told of either: let only the graver one mute");
        }

        return bound;
    }

    private static IEnumerable<BoundInhibit> Bind(BoundRule rule, InhibitSyntax inhibit, ImmutableArray<BoundRule> rules, IReadOnlyDictionary<string, RuleSyntax> syntax, DiagnosticBag bag)
    {
        var alerts = syntax.Values.Where(r => r.Kind == RuleKind.Alert && r.Name.Value != rule.Name).Select(r => r.Name.Value).ToArray();
        if (!alerts.Any(name => Glob.Matches(name, inhibit.Alert.Value)))
        {
            bag.Error(
                Codes.InhibitsNothing, inhibit.Alert.Span, $"no other alert matches '{inhibit.Alert.Value}'", Suggestion.For(inhibit.Alert.Value.Trim('*'), alerts));
            return [];
        }

        // One that is disabled, or has faults of its own, is none to be muted.
        var targets = rules.Where(r => r.Kind == ConclusionKind.Alert && r.Name != rule.Name && Glob.Matches(r.Name, inhibit.Alert.Value)).ToArray();
        if (targets.Length == 0) return [];

        var own = inhibit.Equal.Select(name => (Name: name, Value: SubjectValue.Of(rule, name.Value))).ToArray();
        foreach (var (name, _) in own.Where(n => n.Value is null))
            bag.Error(Codes.NotShared, name.Span, $"'{rule.Name}' has nothing named '{name.Value}'", "it is a part of the key, a label, or a member of the VM in the key");
        foreach (var name in inhibit.Equal.Where(name => targets.All(t => SubjectValue.Of(t, name.Value) is null)))
            bag.Error(Codes.NotShared, name.Span, $"no alert that matches '{inhibit.Alert.Value}' has anything named '{name.Value}'", "it is a part of the key, a label, or a member of the VM in the key");
        if (own.Any(n => n.Value is null)) return [];
        return
            from target in targets
            let equal = own.Select(n => (n.Value!, Other: SubjectValue.Of(target, n.Name.Value))).ToArray()
            where equal.All(e => e.Other is not null)
            select new BoundInhibit(target.Name, [.. equal.Select(e => (e.Item1, e.Other!))]);
    }
}
