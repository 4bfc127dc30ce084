using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>A host's picture as JSON. Hosts are sums over VMs: read the VMs back and the hosts are there again.</summary>
public static class HostDocument
{
    /// <summary>Writes one object: id, vms, running_vms, lost_monitors, panicked_vms.</summary>
    public static void Write(Utf8JsonWriter json, HostState host)
    {
        json.WriteStartObject();
        json.WriteString("id", host.Id);
        json.WriteNumber("vms", host.Vms);
        json.WriteNumber("running_vms", host.RunningVms);
        json.WriteNumber("lost_monitors", host.LostMonitors);
        json.WriteNumber("panicked_vms", host.PanickedVms);
        json.WriteEndObject();
    }

    public static ReadOnlyMemory<byte> ToUtf8(HostState host) => JsonBytes.Of(host, Write);
}
