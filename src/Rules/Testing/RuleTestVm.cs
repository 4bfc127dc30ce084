using System.Collections.Immutable;

namespace Qualm.Rules.Testing;

/// <summary>A VM of a test's fleet.</summary>
/// <param name="Host">Null when nobody says where it runs.</param>
/// <param name="Status">Its run state before the first event; null leaves it unknown.</param>
public sealed record RuleTestVm(string Id, string? Host, string? Status, ImmutableSortedDictionary<string, string> Labels);
