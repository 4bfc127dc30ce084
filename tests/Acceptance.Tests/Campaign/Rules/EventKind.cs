using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Campaign.Rules;

/// <summary>An event that the fakes send: what it may say, and what rules may ask of it.</summary>
/// <param name="Data">Members of one, thrown anew each time.</param>
/// <param name="Wheres">Conditions that some of them meet.</param>
/// <param name="Part">An expression that tells a few things of one VM apart; null when there is none.</param>
/// <param name="Number">An expression with a number; null when there is none.</param>
/// <param name="IsLimited">QEMU sends at most one a second, so thresholds must be low.</param>
internal sealed record EventKind(string Name, Func<Dice, JsonObject> Data, string[] Wheres, string? Part = null, string? Number = null, bool IsLimited = false)
{
    /// <summary>What no rule names.</summary>
    public static readonly EventKind Noise = new(
        "X_CAMPAIGN_NOISE", d => new() { ["deep"] = new JsonObject { ["n"] = d.Between(0, 9), ["text"] = d.Of("ä", "\u0000", "İı", "\"") } }, []);

    public static readonly EventKind Panic = new("GUEST_PANICKED", d => new() { ["action"] = d.Of("pause", "pause", "run") }, ["""event.data.action == "pause" """]);

    public static readonly EventKind Stop = new("STOP", _ => [], []);

    public static readonly EventKind Resume = new("RESUME", _ => [], []);

    public static readonly EventKind Reset = new(
        "RESET", d => new() { ["guest"] = d.Chance(50), ["reason"] = d.Of("guest-reset", "host-qmp-system-reset") }, ["event.data.guest", """event.data.reason == "guest-reset" """]);

    public static readonly EventKind DiskError = new(
        "BLOCK_IO_ERROR",
        d => new() { ["device"] = $"vd{d.Between(0, 2)}", ["operation"] = d.Of("read", "write"), ["action"] = d.Of("report", "ignore"), ["reason"] = "Input/output error" },
        ["""event.data.operation == "write" """, """event.data.action != "ignore" """],
        "event.data.device");

    public static readonly EventKind BadRead = new(
        "QUORUM_REPORT_BAD",
        d => new() { ["type"] = d.Of("read", "write"), ["node-name"] = $"n{d.Between(0, 1)}", ["sector-num"] = d.Between(0, 999), ["sectors-count"] = d.Between(1, 9) },
        ["""event.data.type == "read" """],
        "event.data.node_name",
        "event.data.sectors_count",
        IsLimited: true);

    public static readonly EventKind Port = new(
        "VSERPORT_CHANGE", d => new() { ["id"] = d.Of("org.qemu.guest_agent.0", "org.qemu.guest_agent.0", "p1"), ["open"] = d.Chance(50) }, ["event.data.open"], "event.data.id", IsLimited: true);

    public static readonly EventKind JobError = new(
        "BLOCK_JOB_ERROR", d => new() { ["device"] = $"job{d.Between(0, 1)}", ["operation"] = d.Of("read", "write"), ["action"] = d.Of("report", "ignore") },
        ["""event.data.operation == "read" """], "event.data.device");

    public static readonly EventKind Deleted = new(
        "DEVICE_DELETED", d => d.Chance(70) ? new() { ["device"] = $"nic{d.Between(0, 2)}", ["path"] = "/machine/peripheral/nic" } : new() { ["path"] = "/machine/peripheral/x" },
        ["has(event.data.device)"], "event.data.path");

    public static readonly EventKind Clock = new(
        "RTC_CHANGE", d => new() { ["offset"] = d.Between(-50, 50), ["qom-path"] = "/machine/rtc" }, ["event.data.offset > 0"], Number: "event.data.offset", IsLimited: true);

    public static readonly EventKind Watchdog = new("WATCHDOG", d => new() { ["action"] = d.Of("none", "reset", "pause") }, ["""event.data.action == "reset" """], IsLimited: true);

    public static readonly EventKind Shutdown = new(
        "SHUTDOWN", d => new() { ["guest"] = d.Chance(50), ["reason"] = d.Of("guest-shutdown", "host-qmp-quit") }, ["event.data.guest"]);

    /// <summary>Those that rules name, the frequent ones several times.</summary>
    public static IReadOnlyList<EventKind> Named { get; } = [Panic, Stop, Resume, Reset, DiskError, DiskError, DiskError, BadRead, BadRead, Port, Port, JobError, Deleted, Clock, Watchdog];
}
