using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>A named list of values.</summary>
/// <param name="Members">As they are written; may be empty.</param>
internal sealed record ListSyntax(Scalar Name, ImmutableArray<Scalar> Members);
