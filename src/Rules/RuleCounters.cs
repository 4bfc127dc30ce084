namespace Qualm.Rules;

/// <summary>What one rule has seen since its session began.</summary>
/// <param name="Matches">Events that passed its names and conditions, their weights added.</param>
/// <param name="Errors">Events for which one of its conditions failed to evaluate; such an event is no match.</param>
public readonly record struct RuleCounters(string Rule, long Matches, long Errors);
