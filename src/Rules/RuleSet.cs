using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Network;

namespace Qualm.Rules;

/// <summary>A set of rules ready to run. Immutable; any number of sessions may share it.</summary>
public sealed class RuleSet
{
    private readonly EventCatalogue _catalogue;

    internal RuleSet(string digest, ImmutableArray<BoundRule> rules, EventCatalogue catalogue)
    {
        Digest = digest;
        _catalogue = catalogue;
        Rules = [.. rules.OrderBy(r => r.Name, StringComparer.Ordinal)];
        LookBack = Rules.IsEmpty ? TimeSpan.Zero : Rules.Max(r => r.LookBack);
        Network = new DispatchNetwork(Rules, catalogue);
    }

    /// <summary><see cref="RuleSetText.Digest"/> of the text it was compiled from.</summary>
    public string Digest { get; }

    /// <summary>How far back, in event time, events can matter to what any rule decides next.</summary>
    public TimeSpan LookBack { get; }

    /// <summary>Names of the rules that run, in ordinal order.</summary>
    public IEnumerable<string> Names => Rules.Select(r => r.Name);

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

    /// <summary>A set of some of these rules.</summary>
    internal RuleSet Only(ImmutableArray<BoundRule> rules) => new(Digest, rules, _catalogue) { Zones = Zones };

    /// <summary>What was made of the rules, as text for people and golden tests. Lines end in <c>\n</c>.</summary>
    public string Plan() => PlanText.Write(this);
}
