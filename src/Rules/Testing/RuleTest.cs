using System.Collections.Immutable;

namespace Qualm.Rules.Testing;

/// <summary>One test: inputs and what is expected of them.</summary>
/// <param name="Span">Of its name.</param>
/// <param name="Inputs">In the order in which they are fed: by offset, those of one offset as they are written. Ordinals count them from 1.</param>
public sealed record RuleTest(string Name, SourceSpan Span, ImmutableArray<RuleTestInput> Inputs, ImmutableArray<Expectation> Expectations);
