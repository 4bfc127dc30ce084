using System.Collections.Immutable;

namespace Qualm.Rules;

/// <summary>What became of the text of a rule set.</summary>
/// <param name="Set">Null when there is an error among the diagnostics.</param>
/// <param name="Diagnostics">All of all files, by file, line and column.</param>
public sealed record RuleSetCompilation(RuleSet? Set, ImmutableArray<Diagnostic> Diagnostics);
