using System.Collections.Immutable;

namespace Qualm.Engine.Serving;

/// <summary>How the service was when it was looked at.</summary>
/// <param name="Stuck">Why it should be started anew; null when it is alive.</param>
/// <param name="NotReady">Why it does not serve; empty when it does.</param>
/// <param name="Status">All of it in a line, for people.</param>
/// <param name="Reloading">Whether somebody asked for the rules to be read again and that is under way.</param>
internal sealed record HealthReport(ServicePhase Phase, string? Stuck, ImmutableArray<string> NotReady, string Status, bool Reloading)
{
    public bool IsReady => NotReady.IsEmpty;
}
