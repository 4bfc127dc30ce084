using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Alerts that a rule mutes while it fires.</summary>
/// <param name="Alert">A glob over names of alerts.</param>
/// <param name="Equal">Names that must have equal values on both sides.</param>
internal sealed record InhibitSyntax(Scalar Alert, ImmutableArray<Scalar> Equal);
