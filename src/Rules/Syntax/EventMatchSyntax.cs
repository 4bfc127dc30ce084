using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Events by name and condition: a step, a branch, or what ends something.</summary>
/// <param name="Name">Name of a step or branch; null where it has none.</param>
/// <param name="On">Never empty.</param>
internal sealed record EventMatchSyntax(Scalar? Name, ImmutableArray<Scalar> On, Scalar? Where, SourceSpan Span);
