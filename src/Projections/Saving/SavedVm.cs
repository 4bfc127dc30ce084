using Qualm.Model;

namespace Qualm.Projections;

/// <summary>All of a VM's picture but for its labels, which are configuration.</summary>
internal static class SavedVm
{
    public static void Write(StateWriter to, TextsOut texts, VmState vm)
    {
        to.Write(vm.Id);
        to.Write(vm.Name == vm.Id ? null : vm.Name);
        to.Write(vm.Uuid);
        texts.Write(vm.QemuVersion);
        to.Write(vm.Host?.Index ?? -1);
        texts.Write(vm.Status);
        to.Write(vm.Since);
        to.Write(vm.StatusAt);
        texts.Write(vm.StopCause);
        to.Write(vm.Ending);
        to.Write((byte)vm.Counted);
        to.Write(vm.Resets);
        to.Write(vm.Watchdogs);
        to.Write(vm.Events);
        to.Write(vm.LastAt);
        to.Write(vm.LastPosition.Value);
        SavedParts.Write(to, texts, vm);
        to.Write(!ReferenceEquals(vm.LastEvents, LastEvents.None));
        if (ReferenceEquals(vm.LastEvents, LastEvents.None)) return;
        to.Write(vm.LastEvents.Count);
        for (var i = 0; i < vm.LastEvents.Count; i++)
        {
            var e = vm.LastEvents[i];
            texts.Write(e.Name);
            to.Write(e.At);
            to.Write(e.Position.Value);
        }
    }

    public static void Read(StateReader from, TextsIn texts, Fleet fleet)
    {
        var count = fleet.VmCount;
        if (from.ReadSomeText() is not { Length: > 0 } id) throw new StateFormatException("a VM without an id");
        var vm = fleet.GetOrAddVm(id);
        if (vm.Index != count) throw new StateFormatException($"VM '{id}' is there twice");
        if (from.ReadText() is { } name) vm.Name = name;
        vm.Uuid = from.ReadSomeText();
        vm.QemuVersion = texts.Read();
        var host = from.ReadInt32();
        if (host < -1 || host >= fleet.HostCount) throw new StateFormatException($"VM '{id}' is on host {host} of {fleet.HostCount}");
        vm.Host = host < 0 ? null : fleet.HostAt(host);
        vm.Status = texts.Read();
        vm.Since = from.ReadInstant();
        vm.StatusAt = from.ReadInstant();
        vm.StopCause = texts.Read();
        vm.Ending = from.ReadBool();
        vm.Counted = (RollUp)from.ReadByte();
        vm.Resets = from.ReadInt64();
        vm.Watchdogs = from.ReadInt64();
        vm.Events = from.ReadInt64();
        vm.LastAt = from.ReadInstant();
        vm.LastPosition = new Position(from.ReadInt64());
        SavedParts.Read(from, texts, vm);
        if (!from.ReadBool()) return;
        var last = vm.LastEventsForChange;
        for (var left = from.ReadCount(); left > 0; left--) last.Add(new LastEvent(texts.Read(), from.ReadInstant(), new Position(from.ReadInt64())));
    }
}
