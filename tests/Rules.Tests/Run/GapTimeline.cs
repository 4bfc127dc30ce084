namespace Qualm.Rules.Tests.Run;

/// <summary>The gaps of a written history.</summary>
internal static class GapTimeline
{
    public static Timeline Lost(this Timeline timeline, long at) => timeline.Add(at, "MONITOR_LOST");

    /// <summary>The monitor is back, and this is what the VM is found to be.</summary>
    public static Timeline Found(this Timeline timeline, long at, string status) =>
        timeline.Add(at, "MONITOR_CONNECTED").Add(at, "STATE_RESYNCED", data: $$"""{"status":"{{status}}","running":{{(status == "running" ? "true" : "false")}}}""");
}
