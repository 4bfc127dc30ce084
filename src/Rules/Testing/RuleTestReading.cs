using System.Collections.Immutable;

namespace Qualm.Rules.Testing;

/// <summary>What became of the text of a test file.</summary>
/// <param name="File">Null when there is an error among the diagnostics.</param>
/// <param name="Diagnostics">By line and column.</param>
public sealed record RuleTestReading(RuleTestFile? File, ImmutableArray<Diagnostic> Diagnostics);
