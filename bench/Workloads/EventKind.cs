using System.Collections.Immutable;
using System.Globalization;

namespace Qualm.Bench.Workloads;

/// <summary>Makes the data of one kind of event.</summary>
internal delegate string MakeData(ref Draw draw);

/// <summary>A kind of event in a generated file, with conditions that rules can ask of it.</summary>
/// <param name="Data">JSON of an object; empty for none.</param>
/// <param name="Rare">A CEL condition that holds for about one event in a thousand; a different one for each number below 1,000.</param>
/// <param name="Half">A CEL condition that holds for about half of the events; null for every event.</param>
/// <param name="Part">A member that has few values, to be used in keys; null for none.</param>
internal sealed record EventKind(string Name, MakeData Data, Func<int, string>? Rare, string? Half = null, string? Part = null)
{
    /// <summary>Eight kinds, about 160 bytes a line.</summary>
    public static readonly ImmutableArray<EventKind> Eight =
    [
        new("BLOCK_IO_ERROR", (ref d) => Text($$"""{"qom-path": "/machine/peripheral/d{{d.Below(4)}}", "device": "d{{d.Below(4)}}", "operation": "{{(d.Below(2) == 0 ? "read" : "write")}}", "action": "report", "reason": "EIO {{d.Below(1000)}}"}"""),
            n => $"event.data.reason == \"EIO {n}\"", "event.data.operation == \"read\"", "device"),
        new("QUORUM_REPORT_BAD", (ref d) => Text($$"""{"node-name": "q{{d.Below(4)}}", "sectors-count": 8, "sector-num": {{d.Below(1000)}}, "type": "read"}"""),
            n => $"event.data.sector_num == {n}", "event.data.sector_num < 500", "node_name"),
        new("JOB_STATUS_CHANGE", (ref d) => Text($$"""{"status": "{{(d.Below(250) == 0 ? "aborting" : d.Below(2) == 0 ? "running" : "ready")}}", "id": "mirror-{{d.Below(4)}}"}"""),
            n => $"event.data.status == \"aborting\" && event.data.id == \"mirror-{n % 4}\"", "event.data.status == \"running\"", "id"),
        new("RTC_CHANGE", (ref d) => Text($$"""{"offset": {{d.Below(1000)}}, "qom-path": "/machine/unattached/device[8]"}"""),
            n => $"event.data.offset == {n}", "event.data.offset >= 500"),
        new("NIC_RX_FILTER_CHANGED", (ref d) => Text($$"""{"name": "net{{d.Below(1000)}}", "path": "/machine/peripheral/net0/virtio-backend"}"""),
            n => $"event.data.name == \"net{n}\""),
        new("VSERPORT_CHANGE", (ref d) => Text($$"""{"open": {{(d.Below(2) == 0 ? "true" : "false")}}, "id": "{{(d.Below(500) == 0 ? "org.qemu.guest_agent.1" : "org.qemu.guest_agent.0")}}"}"""),
            n => $"event.data.id == \"org.qemu.guest_agent.1\" && {(n % 2 == 0 ? "" : "!")}event.data.open", "event.data.open", "id"),
        new("BALLOON_CHANGE", (ref d) => Text($$"""{"actual": {{1073741824L + (d.Below(1000) * 1048576L)}}}"""),
            n => $"event.data.actual == {1073741824L + (n * 1048576L)}", "event.data.actual > 1597000000"),
        new("MEMORY_DEVICE_SIZE_CHANGE", (ref d) => Text($$"""{"id": "vm0", "size": {{d.Below(1000) * 2097152L}}, "qom-path": "/machine/peripheral/vm0"}"""),
            n => Text($"event.data.size == {n * 2097152L}u"), "event.data.size < 1048576000u"),
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
