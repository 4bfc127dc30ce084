namespace Qualm.Rules.Testing;

/// <summary>One input as it reaches the engine.</summary>
/// <param name="Index">Of the input in its test, from 0.</param>
/// <param name="Delay">Between its event time and its receipt.</param>
public readonly record struct Arrival(int Index, TimeSpan Delay);
