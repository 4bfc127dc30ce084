namespace Qualm.Rules.Syntax;

/// <summary>One step of a <c>sequence</c> or <c>all</c>.</summary>
/// <param name="Unless">It must not happen between the steps around it.</param>
internal sealed record StepSyntax(EventMatchSyntax Match, bool Unless);
