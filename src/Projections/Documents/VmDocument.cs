using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// A VM's picture as JSON, whole: read back into an empty fleet it folds on exactly as the original would. Members are
/// in a fixed order; times are RFC 3339 with microseconds, null where there is none yet.
/// </summary>
public static class VmDocument
{
    public static void Write(Utf8JsonWriter json, VmState vm)
    {
        json.WriteStartObject();
        json.WriteString("id", vm.Id);
        json.WriteString("name", vm.Name);
        json.WriteString("uuid", vm.Uuid);
        json.WriteString("qemu_version", vm.QemuVersion);
        json.WriteString("host", vm.Host?.Id);
        json.WriteString("status", vm.Status);
        json.Time("since", vm.Since);
        json.WriteStartObject("labels");
        foreach (var (name, value) in vm.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        VmPartsWriter.Write(json, vm);
        json.WriteNumber("resets", vm.Resets);
        json.WriteNumber("watchdogs", vm.Watchdogs);
        json.WriteNumber("events", vm.Events);
        json.Time("last_at", vm.LastAt);
        json.WriteNumber("last_position", vm.LastPosition.Value);
        json.WriteStartArray("last_events");
        foreach (var e in vm.LastEvents)
        {
            json.WriteStartObject();
            json.WriteString("name", e.Name);
            json.Time("at", e.At);
            json.WriteNumber("position", e.Position.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("pending");
        json.Time("status_at", vm.StatusAt);
        json.WriteString("stop_cause", vm.StopCause);
        json.WriteBoolean("ending", vm.Ending);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static ReadOnlyMemory<byte> ToUtf8(VmState vm) => JsonBytes.Of(vm, Write);

    /// <summary>Restores a VM into <paramref name="fleet"/>, its host with it, and counts it there. Unknown members are passed over.</summary>
    /// <exception cref="JsonException">It is not JSON, or not a VM's document.</exception>
    /// <exception cref="InvalidOperationException">The fleet has folded events of this VM already.</exception>
    public static VmState Read(ReadOnlyMemory<byte> utf8, Fleet fleet)
    {
        using var document = JsonDocument.Parse(utf8);
        return VmReader.Read(document.RootElement, fleet);
    }
}
