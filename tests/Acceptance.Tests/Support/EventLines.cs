using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>Events as lines of a file, with a <c>vm</c> member.</summary>
internal static class EventLines
{
    /// <summary>2026-01-01T00:00:00Z in microseconds.</summary>
    public const long Start = 1_767_225_600_000_000;

    /// <param name="micros">Event time.</param>
    /// <param name="serial">Place in the file, which <see cref="StoredEvent.Sent"/> gives back.</param>
    /// <returns>A line without its end.</returns>
    public static string Of(string vm, string name, long micros, int serial, JsonObject? data = null)
    {
        var members = data ?? [];
        members["x-connection"] = 0;
        members["x-serial"] = serial;
        return new JsonObject
        {
            ["vm"] = vm,
            ["timestamp"] = new JsonObject { ["seconds"] = micros / 1_000_000, ["microseconds"] = micros % 1_000_000 },
            ["event"] = name,
            ["data"] = members,
        }.ToJsonString();
    }

    /// <summary>A line of now.</summary>
    public static string Now(string vm, string name, int serial) =>
        Of(vm, name, (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, serial);

    /// <summary>Writes a fleet's history in which panics, resets, disk errors and much noise come in a fixed order. The same count gives the same bytes.</summary>
    public static string Write(Workspace workspace, int count)
    {
        var path = workspace[$"history-{count}.jsonl"];
        var random = new Random(count);
        using var file = new StreamWriter(path);
        var micros = Start;
        for (var i = 1; i <= count; i++)
        {
            micros += random.Next(1, 200_000);
            var vm = $"vm-{random.Next(200)}";

            // As QEMU delays what it limits: some lines are up to a second older than those before them.
            var at = random.Next(20) == 0 ? micros - random.Next(1_000_000) : micros;
            file.Write(random.Next(400) switch
            {
                0 => Of(vm, "GUEST_PANICKED", at, i, new() { ["action"] = "pause" }),
                1 => Of(vm, "RESET", at, i, new() { ["guest"] = true, ["reason"] = "guest-reset" }),
                < 40 => Of(vm, "BLOCK_IO_ERROR", at, i, new() { ["device"] = $"vd{random.Next(3)}", ["operation"] = "read", ["action"] = "report", ["reason"] = "Input/output error" }),
                < 60 => Of(vm, "QUORUM_REPORT_BAD", at, i, new() { ["type"] = "read", ["node-name"] = $"n{random.Next(3)}", ["sector-num"] = i, ["sectors-count"] = 8 }),
                < 200 => Of(vm, "RTC_CHANGE", at, i, new() { ["offset"] = random.Next(100), ["qom-path"] = "/machine/rtc" }),
                < 300 => Of(vm, "STOP", at, i),
                _ => Of(vm, "RESUME", at, i),
            });
            file.Write('\n');
        }

        return path;
    }
}
