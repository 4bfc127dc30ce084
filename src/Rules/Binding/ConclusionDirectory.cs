using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>All rules of a set by name, as other rules may ask for them: before they are bound, for they may stand anywhere.</summary>
internal sealed class ConclusionDirectory
{
    private readonly Dictionary<string, (RuleSyntax Rule, ImmutableArray<string> KeyNames)> _rules = new(StringComparer.Ordinal);
    private readonly List<BoundSupport> _supports = [];

    /// <summary>Adds a rule; of several with one name the first.</summary>
    public void Add(RuleSyntax rule, ImmutableArray<string> keyNames) => _rules.TryAdd(rule.Name.Value, (rule, keyNames));

    /// <summary>Every projection that was asked for, by its number.</summary>
    public ImmutableArray<BoundSupport> Supports => [.. _supports];

    /// <summary>What one of the rules may ask.</summary>
    public ConclusionScope For(RuleSyntax rule) => new(this, rule, KeyNames(rule.Name.Value));

    public RuleSyntax? Find(string name) => _rules.TryGetValue(name, out var found) ? found.Rule : null;

    /// <summary>Names of the parts of a rule's key; empty when there is no such rule.</summary>
    public ImmutableArray<string> KeyNames(string name) => _rules.TryGetValue(name, out var found) ? found.KeyNames : [];

    public IEnumerable<string> Names(RuleKind kind) => _rules.Values.Where(r => r.Rule.Kind == kind).Select(r => r.Rule.Name.Value);

    /// <summary>The number of a projection.</summary>
    public int Number(string rule, ImmutableArray<string> names)
    {
        var index = _supports.FindIndex(s => s.Rule == rule && s.Names.SequenceEqual(names));
        if (index >= 0) return index;
        var keyNames = KeyNames(rule);
        _supports.Add(new BoundSupport(rule, names, [.. names.Select(n => keyNames.IndexOf(n))]));
        return _supports.Count - 1;
    }
}
