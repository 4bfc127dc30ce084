using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Events that Qualm makes about the monitor of a VM.</summary>
internal static class MonitorFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.On("MONITOR_CONNECTED", (in e, vm, scope) => Connected(e, vm, scope));
        table.On("MONITOR_LOST", (in e, vm, scope) => Lost(e, vm, scope));
        table.On("STATE_RESYNCED", schema =>
        {
            var members = new ResyncMembers(schema);
            return (in e, vm, scope) => Resynced(e, vm, scope, members, texts);
        });
    }

    private static void Connected(in EventView e, VmState vm, Scope scope)
    {
        if (scope.Elsewhere || !scope.Admits(e.At, vm.Monitor.Since)) return;
        var monitor = vm.MonitorForChange;
        monitor.Known = true;
        monitor.Connected = true;
        monitor.Since = e.At;
        monitor.Source = e.Source ?? "";
    }

    private static void Lost(in EventView e, VmState vm, Scope scope)
    {
        if (scope.Elsewhere || !scope.Admits(e.At, vm.Monitor.Since)) return;
        var monitor = vm.MonitorForChange;
        if (monitor.Connected) monitor.Losses++;
        if (monitor.Connected || !monitor.Known) monitor.Since = e.At;
        monitor.Known = true;
        monitor.Connected = false;
        if (monitor.Source.Length == 0) monitor.Source = e.Source ?? "";

        // The STOP that was announced may come unseen.
        vm.StopCause = "";
        if (!vm.Ending) return;
        vm.Ending = false;
        RunState.Set(vm, RunState.Gone, e.At);
    }

    private static void Resynced(in EventView e, VmState vm, Scope scope, ResyncMembers members, TextTable texts)
    {
        if (scope.Elsewhere) return;
        if (members.Name.Keep(e, texts, vm.Name) is { Length: > 0 } name) vm.Name = name;
        if (members.Uuid.Keep(e, texts, vm.Uuid) is { Length: > 0 } uuid) vm.Uuid = uuid;
        if (members.Version.Keep(e, texts, vm.QemuVersion) is { Length: > 0 } version) vm.QemuVersion = version;
        if (!scope.Admits(e.At, vm.StatusAt)) return;

        var status = members.Status.Keep(e, texts, vm.Status);
        if (status.Length == 0 && members.Running.IsTrue(e)) status = RunState.Running;
        if (status.Length == 0) return;
        vm.StopCause = "";
        vm.Ending = false;
        if (status == RunState.GuestPanicked && !vm.Panics.Panicked) vm.PanicsForChange.Panicked = true;
        RunState.Set(vm, status, e.At);
    }

    private sealed class ResyncMembers(EventSchema schema)
    {
        public Member Status { get; } = Member.Of(schema, "status");

        public Member Running { get; } = Member.Of(schema, "running");

        public Member Name { get; } = Member.Of(schema, "name");

        public Member Uuid { get; } = Member.Of(schema, "uuid");

        public Member Version { get; } = Member.Of(schema, "version");
    }
}
