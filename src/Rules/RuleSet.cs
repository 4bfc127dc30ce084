using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Network;

namespace Qualm.Rules;

/// <summary>A set of rules ready to run. Immutable; any number of sessions may share it.</summary>
public sealed class RuleSet
{
    private readonly EventCatalogue _catalogue;

    internal RuleSet(string digest, ImmutableArray<BoundRule> rules, EventCatalogue catalogue, ImmutableArray<BoundSupport> supports)
    {
        Digest = digest;
        _catalogue = catalogue;
        Supports = supports;
        Rules = [.. rules.OrderBy(r => r.Stratum).ThenBy(r => r.Name, StringComparer.Ordinal)];
        Strata = Rules.IsEmpty ? 0 : Rules[^1].Stratum + 1;
        Mutes = Rules.Any(r => !r.Inhibits.IsEmpty);
        LookBack = Rules.IsEmpty ? TimeSpan.Zero : Rules.Max(r => r.LookBack);
        Network = new DispatchNetwork(Rules, catalogue);
    }

    /// <summary><see cref="RuleSetText.Digest"/> of the text it was compiled from.</summary>
    public string Digest { get; }

    /// <summary>How far back, in event time, events can matter to what any rule decides next.</summary>
    public TimeSpan LookBack { get; }

    /// <summary>Names of the rules that run, in ordinal order.</summary>
    public IEnumerable<string> Names => Rules.Select(r => r.Name).Order(StringComparer.Ordinal);

    /// <summary>Names of all receivers that its rules tell, each once, in ordinal order.</summary>
    public IEnumerable<string> Receivers => Rules.SelectMany(r => r.Receivers.SelectMany(names => names).Concat(r.Unacknowledged?.To ?? [])).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>
    /// The time zones of its intervals and, for each, a digest of the offsets that this machine's zone data gives it.
    /// Where a digest differs, the same text may decide differently.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Zones { get; internal init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>In the order of the agenda.</summary>
    internal ImmutableArray<BoundRule> Rules { get; }

    internal DispatchNetwork Network { get; }

    /// <summary>How many strata the rules lie in; 1 when none needs another, 0 when there is none.</summary>
    internal int Strata { get; }

    /// <summary>Whether some alert mutes others.</summary>
    internal bool Mutes { get; }

    /// <summary>What rules ask of one another, by number.</summary>
    internal ImmutableArray<BoundSupport> Supports { get; }

    /// <summary>The event that a rule derives; null when it derives none.</summary>
    internal EventSchema? EventOf(BoundRule rule) => rule.Kind == ConclusionKind.Event ? _catalogue.Find(rule.Name) : null;

    /// <summary>The kind of event of this name, one that a rule derives included; null when there is none.</summary>
    internal EventSchema? Find(string name) => _catalogue.Find(name);

    /// <summary>A set of some of these rules, and of all that they need.</summary>
    internal RuleSet Only(ImmutableArray<BoundRule> rules)
    {
        var given = rules.ToDictionary(r => r.Name, StringComparer.Ordinal);
        var needed = given.Keys.ToHashSet(StringComparer.Ordinal);
        for (var i = Rules.Length - 1; i >= 0; i--)
        {
            if (needed.Contains(Rules[i].Name)) needed.UnionWith(Rules[i].Sources);
        }

        return new(Digest, [.. Rules.Where(r => needed.Contains(r.Name)).Select(r => given.GetValueOrDefault(r.Name) ?? r)], _catalogue, Supports) { Zones = Zones };
    }

    /// <summary>What was made of the rules, as text for people and golden tests. Lines end in <c>\n</c>.</summary>
    public string Plan() => PlanText.Write(this);
}
