using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Balloon, serial ports, and devices that the guest would not give back.</summary>
internal static class DeviceFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.Changes(VmPart.Balloon, "BALLOON_CHANGE");
        table.Changes(VmPart.Ports, "VSERPORT_CHANGE");
        table.On("BALLOON_CHANGE", schema =>
        {
            var actual = Member.Of(schema, "actual");
            return (in e, vm, scope) => Ballooned(e, vm, scope, actual);
        });
        table.On("VSERPORT_CHANGE", schema =>
        {
            var (id, open) = (Member.Of(schema, "id"), Member.Of(schema, "open"));
            return (in e, vm, scope) => PortChanged(e, vm, scope, id, open, texts);
        });
        table.On("MEM_UNPLUG_ERROR", Refused("device", "device", "msg", texts));
        table.On("DEVICE_UNPLUG_GUEST_ERROR", Refused("device", "path", "msg", texts));
        table.On("ACPI_DEVICE_OST", schema =>
        {
            var (device, slot) = (Member.Of(schema, "info.device"), Member.Of(schema, "info.slot"));
            var (source, status) = (Member.Of(schema, "info.source"), Member.Of(schema, "info.status"));
            return (in e, vm, scope) =>
            {
                if (OstRefusal.Of(source.Number(e), status.Number(e)) is { } why)
                {
                    Refuse(e, vm, scope, device, slot, texts, why);
                }
            };
        });
    }

    private static void Ballooned(in EventView e, VmState vm, Scope scope, Member actual)
    {
        if (actual.Number(e) is not { } bytes || !scope.Admits(e.At, vm.Balloon.LastAt)) return;
        var balloon = vm.BalloonForChange;
        balloon.Known = true;
        balloon.Actual = bytes;
        balloon.LastAt = e.At;
    }

    private static void PortChanged(in EventView e, VmState vm, Scope scope, Member id, Member open, TextTable texts)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxNameLength];
        var name = id.Text(e, buffer);
        var ports = vm.PortsForChange;
        if (scope.OnlyNewer && e.At < ports.Open.ChangedAt(name)) return;
        var isOpen = open.IsTrue(e);
        if (!ports.Open.TrySet(name, isOpen, e.At)) ports.Open.Set(texts.Keep("", name), isOpen, e.At);
        if (!name.SequenceEqual(PortsState.AgentPort)) return;
        if (!ports.AgentKnown || ports.AgentConnected != isOpen) ports.AgentSince = e.At;
        ports.AgentKnown = true;
        ports.AgentConnected = isOpen;
    }

    private static Func<EventSchema, EventFold> Refused(string device, string otherwise, string message, TextTable texts) => schema =>
    {
        var (first, second, said) = (Member.Of(schema, device), Member.Of(schema, otherwise), Member.Of(schema, message));
        return (in e, vm, scope) => Refuse(e, vm, scope, first, second, texts, said.Keep(e, texts, vm.Unplug.LastMessage));
    };

    private static void Refuse(
        in EventView e, VmState vm, Scope scope, Member device, Member otherwise, TextTable texts, string message)
    {
        var unplug = vm.UnplugForChange;
        unplug.Errors += e.Weight;
        if (!scope.Admits(e.At, unplug.LastAt)) return;
        unplug.LastAt = e.At;
        unplug.LastMessage = message;
        var name = device.Keep(e, texts, unplug.LastDevice);
        unplug.LastDevice = name.Length > 0 ? name : otherwise.Keep(e, texts, unplug.LastDevice);
    }
}
