using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>A key that a rule leaves out.</summary>
/// <param name="Parts">Values by name of the key part, at least one; parts not named match anything.</param>
internal sealed record ExceptionSyntax(SourceSpan Span, ImmutableArray<KeyValuePair<Scalar, Scalar>> Parts, Scalar Reason);
