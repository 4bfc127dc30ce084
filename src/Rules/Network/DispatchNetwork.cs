using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Run;

namespace Qualm.Rules.Network;

/// <summary>
/// Leads an event to the rules that name it and to nothing else. Equal conditions are asked once, equal keys are
/// read once, and rules of equal keys share a table. Immutable; all state is in the sessions.
/// </summary>
internal sealed class DispatchNetwork
{
    private readonly EventPlan[] _byEvent;
    private readonly EventPlan _unknown;

    public DispatchNetwork(ImmutableArray<BoundRule> rules, EventCatalogue catalogue)
    {
        var tables = new List<string>();
        foreach (var rule in rules)
        {
            if (!tables.Contains(rule.Key.Identity)) tables.Add(rule.Key.Identity);
        }

        Tables = [.. tables.Select(identity => rules.First(r => r.Key.Identity == identity).Key)];
        TableOf = [.. rules.Select(r => tables.IndexOf(r.Key.Identity))];
        (Shared, SharedOf, EndersOf) = Share(rules);
        _byEvent = [.. catalogue.Events.Select(schema => Plan(rules, schema, match => Takes(match, schema)))];
        _unknown = Plan(rules, null, match => match.Any);
    }

    /// <summary>One for each tuple of key expressions.</summary>
    public ImmutableArray<BoundKey> Tables { get; }

    /// <summary>By rule.</summary>
    public ImmutableArray<int> TableOf { get; }

    /// <summary>Patterns whose events are kept once for several rules.</summary>
    public ImmutableArray<SharedPattern> Shared { get; }

    /// <summary>By rule: the one among <see cref="Shared"/> that keeps its events; -1 when it keeps them itself.</summary>
    public ImmutableArray<int> SharedOf { get; }

    /// <summary>By rule: the one among <see cref="Shared"/> that keeps the events that end its episodes; -1 when it keeps them itself.</summary>
    public ImmutableArray<int> EndersOf { get; }

    public EventPlan For(EventSchema? schema) => schema is not null && schema.Id < _byEvent.Length ? _byEvent[schema.Id] : _unknown;

    private (ImmutableArray<SharedPattern> Patterns, ImmutableArray<int> Of, ImmutableArray<int> Enders) Share(ImmutableArray<BoundRule> rules)
    {
        var patterns = new List<SharedPattern>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var (of, enders) = (new int[rules.Length], new int[rules.Length]);
        Array.Fill(of, -1);
        Array.Fill(enders, -1);
        for (var i = 0; i < rules.Length; i++)
        {
            foreach (var (role, match) in Patterns(rules[i]))
            {
                if (SharedPattern.Of(rules[i], role, match, TableOf[i]) is not { } pattern) continue;
                if (places.TryAdd(pattern.Identity, patterns.Count)) patterns.Add(pattern);
                var place = places[pattern.Identity];
                (role >= RuleRunner.ResolveRole ? enders : of)[i] = place;
                patterns[place] = patterns[place].With(pattern);
            }
        }

        return ([.. patterns], [.. of], [.. enders]);
    }

    private EventPlan Plan(ImmutableArray<BoundRule> rules, EventSchema? schema, Func<BoundMatch, bool> takes)
    {
        var tests = new List<EventTest>();
        var readers = new List<string>();
        var subscriptions = new List<Subscription>();
        var shared = new List<int>();
        var drops = new List<bool>();
        for (var i = 0; i < rules.Length; i++)
        {
            foreach (var (role, match) in Patterns(rules[i]))
            {
                if (!takes(match)) continue;
                var test = match.Where is { } where ? IndexOf(tests, where) : -1;
                // The same expressions may fill tables of other part names: the table belongs to the reading.
                var reader = IndexOf(readers, $"{TableOf[i]}:{match.Key.Identity}:{match.Key.Complete}");
                subscriptions.Add(new Subscription(i, role, test, reader, TableOf[i], match.Key, match.Key.Complete));
                shared.Add(SharedPattern.Of(rules[i], role, match, TableOf[i]) is null ? -1 : (role >= RuleRunner.ResolveRole ? EndersOf : SharedOf)[i]);
                drops.Add(SharedPattern.MayDrop(rules[i], role, match));
            }
        }

        if (subscriptions.Count == 0) return EventPlan.Empty;
        var matches = shared.Where(s => s >= 0).Distinct().Order().Select(log => new SharedMatch(
            log,
            shared.IndexOf(log),
            EventPlan.Bits(shared.Count, i => shared[i] == log && drops[i]),
            EventPlan.Bits(shared.Count, i => shared[i] == log && drops[i] && subscriptions[i].Role != RuleRunner.MatchRole)));
        return new EventPlan([.. tests], EventMatcher.Create(schema, tests, subscriptions), [.. subscriptions], [.. matches], readers.Count);
    }

    // What rules derive is taken where it is named, and nowhere else.
    private static bool Takes(BoundMatch match, EventSchema schema) => DerivedEvents.IsDerived(schema) ? match.Events.Contains(schema) : match.Takes(schema);

    /// <summary>All patterns of a rule with their roles, those that match before those that end.</summary>
    public static IEnumerable<(int Role, BoundMatch Match)> Patterns(BoundRule rule)
    {
        if (rule.Match is { } match) yield return (RuleRunner.MatchRole, match);
        if (rule.Operator is BoundOperator.Any any)
        {
            foreach (var branch in any.Branches) yield return (RuleRunner.MatchRole, branch);
        }

        if (rule.Operator is BoundOperator.Ratio ratio)
        {
            yield return (RuleRunner.MatchRole, ratio.Numerator);
            yield return (SettledRunner.OtherRole, ratio.Around);
        }

        if (rule.Operator is BoundOperator.When { NeedsEvents: true } state) yield return (WhenRunner.AroundRole, state.Around);
        if (rule.Operator is BoundOperator.Steps steps)
        {
            for (var i = 0; i < steps.All.Length; i++) yield return (i, steps.All[i].Match);
        }

        if (rule.Operator is BoundOperator.Absent absent) yield return (AbsentRunner.AwaitedRole, absent.Awaited);
        for (var i = 0; i < rule.Resolve.Alternatives.Length; i++)
        {
            if (rule.Resolve.Alternatives[i].On is { } on) yield return (RuleRunner.ResolveRole + i, on);
        }
    }

    private static int IndexOf(List<EventTest> tests, EventTest test)
    {
        var index = tests.FindIndex(t => t.Identity == test.Identity);
        if (index >= 0) return index;
        tests.Add(test);
        return tests.Count - 1;
    }

    private static int IndexOf(List<string> texts, string text)
    {
        var index = texts.IndexOf(text);
        if (index >= 0) return index;
        texts.Add(text);
        return texts.Count - 1;
    }
}
