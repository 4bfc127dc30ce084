using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// Events about the run state. QEMU's STOP gives no reason: it is the event before it that announces the run state
/// that STOP then enters.
/// </summary>
internal static class StatusFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.On("RESUME", Resume);
        table.On("STOP", Stop);
        table.On("SUSPEND", (in e, vm, scope) => Tell(e, vm, scope, RunState.Suspended));
        table.On("WAKEUP", (in e, vm, scope) => Tell(e, vm, scope, RunState.Running));
        table.On("RESET", Reset);
        table.On("SHUTDOWN", schema =>
        {
            var reason = Member.Of(schema, "reason");
            return (in e, vm, scope) => Shutdown(e, vm, scope, reason);
        });
        table.On("GUEST_PANICKED", schema =>
        {
            var action = Member.Of(schema, "action");
            return (in e, vm, scope) => Panicked(e, vm, scope, action, texts);
        });
        table.On("GUEST_CRASHLOADED", (in e, vm, _) => vm.PanicsForChange.CrashLoaded += e.Weight);
        table.On("WATCHDOG", schema =>
        {
            var action = Member.Of(schema, "action");
            return (in e, vm, scope) => Watchdog(e, vm, scope, action);
        });
    }

    private static void Tell(in EventView e, VmState vm, Scope scope, string status)
    {
        if (scope.TellsStatus(e, vm)) RunState.Set(vm, status, e.At);
    }

    private static void Resume(in EventView e, VmState vm, Scope scope)
    {
        if (!scope.TellsStatus(e, vm)) return;
        vm.StopCause = "";
        vm.Ending = false;
        RunState.Set(vm, RunState.Running, e.At);
    }

    private static void Stop(in EventView e, VmState vm, Scope scope)
    {
        if (!scope.TellsStatus(e, vm)) return;
        var status = vm.StopCause is { Length: > 0 } cause ? cause
            : vm.Migration.Active ? RunState.FinishMigrate
            : RunState.Paused;
        vm.StopCause = "";
        vm.Ending = false;
        RunState.Set(vm, status, e.At);
    }

    private static void Reset(in EventView e, VmState vm, Scope scope)
    {
        vm.Resets += e.Weight;
        if (scope.Elsewhere) return;
        if (vm.Panics.Panicked && scope.Admits(e.At, vm.Panics.LastAt)) vm.PanicsForChange.Panicked = false;
        if (!scope.TellsStatus(e, vm)) return;
        vm.StopCause = "";

        // A machine that stands still is set to its beginning and waits there for `cont`.
        if (vm.Status is RunState.Paused or RunState.GuestPanicked or RunState.IoError or RunState.InternalError
            or RunState.Watchdog or RunState.Shutdown or RunState.PostMigrate)
        {
            RunState.Set(vm, RunState.Prelaunch, e.At);
        }
    }

    private static void Shutdown(in EventView e, VmState vm, Scope scope, Member reason)
    {
        if (vm.Status == RunState.Gone || !scope.TellsStatus(e, vm)) return;

        // `quit` and signals end QEMU whatever -no-shutdown says; after all other reasons a STOP tells that it stays.
        if (reason.Is(e, "host-qmp-quit"u8) || reason.Is(e, "host-signal"u8))
        {
            vm.StopCause = "";
            vm.Ending = false;
            RunState.Set(vm, RunState.Gone, e.At);
            MonitorFolds.EndGap(e, vm);
            return;
        }

        vm.StopCause = RunState.Shutdown;
        vm.Ending = true;
        RunState.Set(vm, RunState.Shutdown, e.At);
    }

    private static void Panicked(in EventView e, VmState vm, Scope scope, Member action, TextTable texts)
    {
        var panics = vm.PanicsForChange;
        panics.Count += e.Weight;
        if (scope.Admits(e.At, panics.LastAt))
        {
            panics.LastAt = e.At;
            panics.LastAction = action.Keep(e, texts, panics.LastAction);
            if (scope.Admits(e.At, vm.StatusAt)) panics.Panicked = true;
        }

        if (scope.TellsStatus(e, vm) && action.Is(e, "pause"u8)) vm.StopCause = RunState.GuestPanicked;
    }

    private static void Watchdog(in EventView e, VmState vm, Scope scope, Member action)
    {
        vm.Watchdogs += e.Weight;
        if (!scope.TellsStatus(e, vm)) return;
        if (action.Is(e, "pause"u8)) vm.StopCause = RunState.Watchdog;
        else if (action.Is(e, "poweroff"u8)) vm.Ending = true;
    }
}
