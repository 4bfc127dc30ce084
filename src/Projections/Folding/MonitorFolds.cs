using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Events that Qualm makes about the monitor of a VM.</summary>
internal static class MonitorFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.On("MONITOR_CONNECTED", schema =>
        {
            var (identity, source) = (new Identity(schema), Member.Of(schema, "source"));
            return (in e, vm, scope) => Connected(e, vm, scope, identity, source, texts);
        });
        table.On("MONITOR_LOST", schema =>
        {
            var source = Member.Of(schema, "source");
            return (in e, vm, scope) => Lost(e, vm, scope, source, texts);
        });
        table.On("STATE_RESYNCED", schema =>
        {
            var identity = new Identity(schema);
            var (status, running) = (Member.Of(schema, "status"), Member.Of(schema, "running"));
            return (in e, vm, scope) => Resynced(e, vm, scope, identity, status, running, texts);
        });
    }

    private static void Connected(
        in EventView e, VmState vm, Scope scope, Identity identity, Member source, TextTable texts)
    {
        if (scope.Elsewhere || !scope.Admits(e.At, vm.Monitor.Since)) return;
        var monitor = vm.MonitorForChange;
        monitor.Known = true;
        monitor.Connected = true;
        monitor.Since = e.At;
        monitor.Source = source.Keep(e, texts, monitor.Source);
        identity.Tell(e, vm, texts);
    }

    private static void Lost(in EventView e, VmState vm, Scope scope, Member source, TextTable texts)
    {
        if (scope.Elsewhere || !scope.Admits(e.At, vm.Monitor.Since)) return;
        var monitor = vm.MonitorForChange;
        if (monitor.Connected) monitor.Losses++;
        if (monitor.Connected && !vm.Ending && vm.Status != RunState.Gone) monitor.GapForChange.Begin(e.At, vm.Status);
        if (monitor.Connected || !monitor.Known) monitor.Since = e.At;
        monitor.Known = true;
        monitor.Connected = false;
        if (monitor.Source.Length == 0) monitor.Source = source.Keep(e, texts, monitor.Source);

        // The STOP that was announced may come unseen.
        vm.StopCause = "";
        if (!vm.Ending) return;
        vm.Ending = false;
        RunState.Set(vm, RunState.Gone, e.At);
        EndGap(e, vm);
    }

    /// <summary>The state is known again, or there is none any more.</summary>
    public static void EndGap(in EventView e, VmState vm)
    {
        if (vm.Monitor.Gap.Open) vm.MonitorForChange.GapForChange.End(e.At, e.Stamp, e.Position);
    }

    private static void Resynced(
        in EventView e, VmState vm, Scope scope, Identity identity, Member told, Member running, TextTable texts)
    {
        if (scope.Elsewhere || !scope.Admits(e.At, vm.StatusAt)) return;
        EndGap(e, vm);
        identity.Tell(e, vm, texts);
        var status = told.Keep(e, texts, vm.Status);
        if (status.Length == 0 && running.IsTrue(e)) status = RunState.Running;
        if (status.Length == 0) return;
        vm.StopCause = "";
        vm.Ending = false;
        if (status == RunState.GuestPanicked && !vm.Panics.Panicked) vm.PanicsForChange.Panicked = true;
        RunState.Set(vm, status, e.At);
    }

    /// <summary>What QEMU says of itself; what it leaves open stays as it was.</summary>
    private sealed class Identity(EventSchema schema)
    {
        private readonly Member _name = Member.Of(schema, "name");
        private readonly Member _uuid = Member.Of(schema, "uuid");
        private readonly Member _version = Member.Of(schema, "version");

        public void Tell(in EventView e, VmState vm, TextTable texts)
        {
            if (_name.Keep(e, texts, vm.Name) is { Length: > 0 } name) vm.Name = name;
            if (_uuid.Keep(e, texts, vm.Uuid) is { Length: > 0 } uuid) vm.Uuid = uuid;
            if (_version.Keep(e, texts, vm.QemuVersion) is { Length: > 0 } version) vm.QemuVersion = version;
        }
    }
}
