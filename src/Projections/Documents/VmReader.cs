using System.Collections.Immutable;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Reads what <see cref="VmDocument.Write"/> wrote. A part that equals what every VM starts with makes no object.</summary>
internal static class VmReader
{
    public static VmState Read(JsonElement from, Fleet fleet)
    {
        if (from.ValueKind != JsonValueKind.Object || from.Text("id") is not { Length: > 0 } id)
        {
            throw new JsonException("not a VM's document: it has no \"id\"");
        }

        var vm = fleet.GetOrAddVm(id);
        if (vm.Events > 0 || vm.LastPosition > Position.None)
        {
            throw new InvalidOperationException($"VM '{id}' has folded events already; restore it before they come");
        }

        vm.Name = from.Text("name", id);
        vm.Uuid = from.Text("uuid");
        vm.QemuVersion = from.Text("qemu_version");
        vm.Status = from.Text("status", RunState.Unknown);
        vm.Since = from.Time("since");
        vm.Labels = Labels(from.Part("labels"), vm.Labels);
        VmPartsReader.Read(from, vm);
        vm.Resets = from.Number("resets");
        vm.Watchdogs = from.Number("watchdogs");
        vm.Events = from.Number("events");
        vm.LastAt = from.Time("last_at");
        vm.LastPosition = new Position(from.Number("last_position"));
        ReadLastEvents(from, vm);
        var pending = from.Part("pending");
        vm.StatusAt = pending.Time("status_at");
        vm.StopCause = pending.Text("stop_cause");
        vm.Ending = pending.Flag("ending");
        var before = vm.Host;
        vm.Host = from.Text("host") is { Length: > 0 } host ? fleet.GetOrAddHost(host) : null;
        HostRollUp.Update(vm, before, null);
        return vm;
    }

    private static ImmutableSortedDictionary<string, string> Labels(
        JsonElement from, ImmutableSortedDictionary<string, string> none)
    {
        var labels = none.Clear().ToBuilder();
        foreach (var label in from.EnumerateObject()) labels[label.Name] = label.Value.GetString() ?? "";
        return labels.ToImmutable();
    }

    private static void ReadLastEvents(JsonElement from, VmState vm)
    {
        if (!from.TryGetProperty("last_events", out var events)) return;
        foreach (var e in events.EnumerateArray())
        {
            vm.LastEventsForChange.Add(new LastEvent(e.Text("name"), e.Time("at"), new Position(e.Number("position"))));
        }
    }
}
