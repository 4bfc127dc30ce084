using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>Who is told of an alert that nobody acknowledged.</summary>
/// <param name="After">How long after its first page.</param>
internal sealed record BoundEscalation(TimeSpan After, ImmutableArray<string> To);
