using System.Diagnostics;

namespace Qualm.Engine.Serving.Tracing;

/// <summary>What the engine traces: turns with their commits, derivations, reloads. Where nobody listens, nothing is made.</summary>
internal static class Traces
{
    public const string SourceName = "Qualm.Engine";

    public static ActivitySource Source { get; } = new(SourceName);

    public static Activity? Derivation() => Source.StartActivity("derivation");

    /// <param name="asked">Whether somebody asked; else files have changed.</param>
    public static Activity? Reload(bool asked) => Source.StartActivity("reload")?.SetTag("qualm.reload.asked", asked);

    public static void Fail(this Activity? activity, Exception fault) => activity?.SetStatus(ActivityStatusCode.Error, fault.Message);
}
