using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Network;
using Qualm.Rules.Run;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Makes the events that rules derive known beside those of the catalogue.</summary>
internal static class DerivedEvents
{
    /// <summary>Category of events that a rule derives.</summary>
    public const string Category = "derived";

    public static bool IsDerived(EventSchema schema) => schema.Category == Category;

    /// <summary>A catalogue with an event for each of the rules, of whose members nothing but the names is known yet.</summary>
    public static EventCatalogue Declare(EventCatalogue catalogue, IEnumerable<RuleSyntax> rules, ConclusionDirectory directory, DiagnosticBag bag)
    {
        var events = catalogue.Events.ToBuilder();
        foreach (var rule in rules.Where(r => r.Kind == RuleKind.Emit))
        {
            var name = rule.Name.Value;
            if (catalogue.Find(name) is { } known)
                bag.Error(Codes.DerivedNameTaken, rule.Name.Span, $"there is an event {known.Name} already", "what a rule derives needs a name of its own");
            else if (events.All(e => e.Name != name))
                events.Add(Schema(events.Count, name, [.. Names(rule, directory).Select(n => (n, MemberType.Any, ImmutableArray<string>.Empty))]));
        }

        return events.Count == catalogue.Events.Length ? catalogue : new EventCatalogue(events.ToImmutable());
    }

    /// <summary>The catalogue with the types of an event's members as they were found.</summary>
    public static EventCatalogue Refine(EventCatalogue catalogue, BoundRule rule)
    {
        if (catalogue.Find(rule.Name) is not { } declared) return catalogue;
        var members = ImmutableArray.CreateBuilder<(string, MemberType, ImmutableArray<string>)>();
        for (var i = 0; i < rule.KeyNames.Length; i++) members.Add(KeyPart(rule, i));
        foreach (var (name, value) in rule.Values) members.Add((name, TypeOf(value.Type), []));
        return new EventCatalogue(catalogue.Events.SetItem(declared.Id, Schema(declared.Id, declared.Name, members.ToImmutable())));
    }

    /// <summary>Rules so that each comes after those that derive the events it names, where that is possible.</summary>
    public static IReadOnlyList<RuleSyntax> SourcesFirst(IReadOnlyList<RuleSyntax> rules)
    {
        var emits = rules.Where(r => r.Kind == RuleKind.Emit).DistinctBy(r => r.Name.Value).ToDictionary(r => r.Name.Value, StringComparer.Ordinal);
        if (emits.Count == 0) return rules;
        var ordered = new List<RuleSyntax>();
        var seen = new HashSet<RuleSyntax>(ReferenceEqualityComparer.Instance);
        foreach (var rule in rules) Visit(rule);
        return ordered;

        void Visit(RuleSyntax rule)
        {
            if (!seen.Add(rule)) return;
            foreach (var name in rule.On.Concat(Testing.EventMatches.Of(rule).SelectMany(m => m.On)))
            {
                if (emits.TryGetValue(name.Value, out var source)) Visit(source);
            }

            ordered.Add(rule);
        }
    }

    private static IEnumerable<string> Names(RuleSyntax rule, ConclusionDirectory directory) =>
        directory.KeyNames(rule.Name.Value).Concat(rule.Values.Select(v => v.Key.Value)).Distinct(StringComparer.Ordinal);

    private static EventSchema Schema(int id, string name, ImmutableArray<(string Name, MemberType Type, ImmutableArray<string> Values)> members) => new(
        id, name, Category, "Derived by a rule", "", null, null,
        [.. members.Select((m, slot) => new MemberSchema(m.Name, m.Name, m.Type, false, m.Values, [], slot))], members.Length, []);

    // A part that is read differently from different events is of a type known only then.
    private static (string, MemberType, ImmutableArray<string>) KeyPart(BoundRule rule, int part)
    {
        var keys = DispatchNetwork.Patterns(rule).Where(p => p.Role < RuleRunner.ResolveRole).Select(p => p.Match.Key.Parts[part]).ToArray();
        var types = keys.SelectMany(Types).Distinct().ToArray();
        var type = types is [var only] ? only : types.All(t => t is MemberType.Enum or MemberType.String) ? MemberType.String : MemberType.Any;
        ImmutableArray<string> values = type == MemberType.Enum ? [.. keys.SelectMany(k => k.Members).OfType<MemberSchema>().SelectMany(m => m.Values).Distinct()] : [];
        return (rule.KeyNames[part], type, values);
    }

    private static IEnumerable<MemberType> Types(BoundKeyPart part) => part.Source switch
    {
        KeySource.Vm or KeySource.Host => [MemberType.String],
        KeySource.Member => part.Members.OfType<MemberSchema>().Select(m => m.Type),
        _ => [TypeOf(part.Value!.Type)],
    };

    private static MemberType TypeOf(CelType type) => type.IsDyn ? MemberType.Any : type.Kind switch
    {
        CelKind.Bool => MemberType.Bool,
        CelKind.Int => MemberType.Int,
        CelKind.UInt => MemberType.UInt,
        CelKind.Double => MemberType.Double,
        CelKind.String or CelKind.Timestamp or CelKind.Duration => MemberType.String,
        _ => MemberType.Any,
    };
}
