namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Something bad that happens to a round.</summary>
/// <param name="Of">What is disturbed: a short campaign has some of each.</param>
/// <param name="Name">For people.</param>
/// <param name="Fits">Whether it can happen there.</param>
/// <param name="StrikeAsync">Does it. When it returns, everything is in place again that the engine cannot put back itself.</param>
/// <param name="IsLong">Whether it takes so long that a short campaign leaves it out.</param>
internal sealed record Disturbance(string Of, string Name, Func<Round, bool> Fits, Func<Round, Dice, Task> StrikeAsync, bool IsLong = false);
