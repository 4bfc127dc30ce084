namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>What a round is to be like.</summary>
/// <param name="IsExternal">With somebody's PostgreSQL, not the private one.</param>
/// <param name="IsSmall">With a disk that can be filled, where one can be had.</param>
/// <param name="HasClock">With a wall clock that can be stepped.</param>
/// <param name="Standby">Whether a second engine stands by, and where.</param>
/// <param name="Machines">At most so many.</param>
/// <param name="Disturbances">How many there are.</param>
internal sealed record RoundPlan(bool IsExternal, bool IsSmall, bool HasClock, StandbyPlace Standby, int Machines, int Disturbances);
