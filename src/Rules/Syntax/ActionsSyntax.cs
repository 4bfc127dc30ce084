using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Rules.Syntax;

/// <summary>Receivers named for one kind of transition.</summary>
/// <param name="Transition">Null for all that are delivered.</param>
internal sealed record ActionsSyntax(TransitionKind? Transition, ImmutableArray<Scalar> Receivers)
{
    /// <summary>For receivers of what nobody acknowledged in so long; null for all others.</summary>
    public Spanned<TimeSpan>? After { get; init; }
}
