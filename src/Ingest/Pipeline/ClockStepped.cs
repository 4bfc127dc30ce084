using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>The wall clock jumped. Stamps do not: they approach it slowly.</summary>
/// <param name="At">The stamps' clock when it was noticed.</param>
/// <param name="By">How far it jumped since it was last looked at, forward or back.</param>
/// <param name="Ahead">How far the wall clock is now ahead of the stamps; negative when behind.</param>
public readonly record struct ClockStepped(Instant At, TimeSpan By, TimeSpan Ahead);
