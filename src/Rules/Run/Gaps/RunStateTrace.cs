using System.Collections.Frozen;

namespace Qualm.Rules.Run;

/// <summary>
/// What the run state tells of events that nobody heard. After a gap the run state is asked for and nothing else, so only
/// events that lead from one run state to another leave a trace.
/// </summary>
internal static class RunStateTrace
{
    private const string Gone = "gone";

    private static readonly string[] Standing =
    [
        "paused", "io-error", "watchdog", "guest-panicked", "internal-error", "shutdown", "debug", "finish-migrate", "postmigrate",
        "save-vm", "restore-vm", "colo",
    ];

    // A state that only a machine that ran gets into tells that it ran.
    private static readonly string[] AfterRunning = ["running", "suspended", "shutdown", "guest-panicked", "watchdog", "io-error", "internal-error"];

    private static readonly FrozenDictionary<string, Trace> Known = new Dictionary<string, Trace>(StringComparer.Ordinal)
    {
        ["RESUME"] = new(Leads: AfterRunning, Changes: [.. Standing, "prelaunch", "inmigrate"]),
        ["WAKEUP"] = new(Leads: ["running"], Changes: ["suspended"]),
        ["STOP"] = new(Leads: Standing, Changes: ["running"]),
        ["SUSPEND"] = new(Leads: ["suspended"], Changes: ["running"]),
        ["RESET"] = new(
            Leads: ["prelaunch", "running"],
            Changes: ["paused", "io-error", "watchdog", "guest-panicked", "internal-error", "shutdown", "postmigrate"]),
        ["SHUTDOWN"] = new(Leads: ["shutdown", Gone], Changes: [.. Standing.Except(["shutdown"]), "running", "suspended", "prelaunch", "inmigrate"]),
        ["GUEST_PANICKED"] = new(Leads: ["guest-panicked"], Changes: []),
        ["WATCHDOG"] = new(Leads: ["watchdog"], Changes: []),
        ["BLOCK_IO_ERROR"] = new(Leads: ["io-error"], Changes: []),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Judges several events of which any one is awaited.</summary>
    /// <param name="openers">Names of the events after which they are awaited; empty when unknown.</param>
    /// <param name="before">Run state as the gap began.</param>
    /// <param name="found">Run state as found at its end.</param>
    public static GapVerdict Judge(ReadOnlySpan<Awaited> awaited, ReadOnlySpan<string> openers, string before, string found)
    {
        var missing = !awaited.IsEmpty;
        foreach (var e in awaited)
        {
            var trace = Known.GetValueOrDefault(e.Name);
            if (found != before && trace?.Leads.Contains(found) == true && !e.Conditional) return GapVerdict.Came;

            // What has ended says nothing any more; what stands as it was left was not led elsewhere.
            missing &= found == Gone || (trace?.Changes.Contains(found) == true && (found == before || LeftBy(openers, found)));
        }

        return missing ? GapVerdict.Missing : GapVerdict.Unclear;
    }

    private static bool LeftBy(ReadOnlySpan<string> openers, string found)
    {
        foreach (var opener in openers)
        {
            if (Known.GetValueOrDefault(opener)?.Leads.Contains(found) == true) return true;
        }

        return false;
    }

    /// <param name="Conditional">Whether only some events of that name would do; then a trace of one proves nothing.</param>
    public readonly record struct Awaited(string Name, bool Conditional);

    /// <param name="Leads">Run states that it leads to, be it by another event that follows from it.</param>
    /// <param name="Changes">Run states that it would have led out of.</param>
    private sealed record Trace(string[] Leads, string[] Changes);
}
