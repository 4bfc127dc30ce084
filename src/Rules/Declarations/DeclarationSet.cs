using System.Collections.Immutable;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>All lists, macros and intervals of a set. Names that are declared badly are there, with something harmless behind them.</summary>
/// <param name="Names">All of them, in the order of the files.</param>
internal sealed record DeclarationSet(
    ImmutableArray<(DeclarationKind Kind, Scalar Name)> Names,
    ImmutableDictionary<string, Macro> Macros,
    ImmutableDictionary<string, ImmutableArray<CelValue>> Lists,
    ImmutableDictionary<string, IInterval> Intervals)
{
    public static readonly DeclarationSet Empty = new(
        [],
        ImmutableDictionary.Create<string, Macro>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableArray<CelValue>>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, IInterval>(StringComparer.Ordinal));

    /// <summary>What the macros stand for.</summary>
    public ImmutableDictionary<string, string> Texts { get; } =
        Macros.ToImmutableDictionary(m => m.Key, m => m.Value.IsFaulty ? Macro.Placeholder : m.Value.Text.Value, StringComparer.Ordinal);

    /// <summary>Time zones by name, with the digests of their offsets.</summary>
    public ImmutableSortedDictionary<string, string> Zones { get; } =
        Intervals.Values.OfType<WeeklyTimes>().DistinctBy(w => w.Zone.Id).ToImmutableSortedDictionary(w => w.Zone.Id, w => w.Zone.Digest, StringComparer.Ordinal);

    /// <summary>What it says, in one spelling: equal for declarations that mean the same.</summary>
    public string Meaning(DeclarationKind kind, string name) => kind switch
    {
        DeclarationKind.List => $"list {name}: {string.Join(", ", Lists[name].Select(v => v.ToText(quoteStrings: true)).Distinct().Order(StringComparer.Ordinal))}",
        DeclarationKind.Macro => $"macro {name}: {Macros[name].Text.Value.ReplaceLineEndings(" ").Trim()}",
        _ => $"interval {name}: {Intervals[name]}",
    };
}
