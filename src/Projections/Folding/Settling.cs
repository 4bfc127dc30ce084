using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Decides which host a VM is on, and whether an event belongs to a new process of it.</summary>
/// <remarks>
/// While a VM moves, both hosts speak of it: what the old one says after the new one resumed it (STOP, SHUTDOWN, a lost
/// monitor) says nothing of the VM any more, and what the new one says before is only preparation.
/// </remarks>
internal sealed class Settling(EventCatalogue catalogue)
{
    /// <summary>What a VM said last may arrive behind its end: QEMU holds events back for up to a second.</summary>
    private static readonly TimeSpan Straggle = TimeSpan.FromSeconds(2);

    private readonly EventSchema? _connected = catalogue.Find("MONITOR_CONNECTED");
    private readonly EventSchema? _lost = catalogue.Find("MONITOR_LOST");
    private readonly EventSchema? _resynced = catalogue.Find("STATE_RESYNCED");
    private readonly Member _resyncedRunning = Of(catalogue, "running");
    private readonly Member _resyncedStatus = Of(catalogue, "status");

    private readonly EventSchema?[] _alive =
    [
        catalogue.Find("RESUME"), catalogue.Find("SUSPEND"), catalogue.Find("WAKEUP"),
        catalogue.Find("GUEST_PANICKED"), catalogue.Find("GUEST_CRASHLOADED"),
    ];

    /// <returns>Whether the event comes from where the VM now is.</returns>
    public bool Settle(in EventView e, VmState vm, bool onlyNewer)
    {
        if (e.Host is { } host && !ReferenceEquals(host, vm.Host))
        {
            if (vm.Host is not null && !Moves(e, vm, onlyNewer)) return false;
            vm.Host = host;
        }

        if (vm.Status == RunState.Gone && Revives(e, vm))
        {
            vm.ForgetProcess();
            RunState.Set(vm, RunState.Unknown, e.At);
        }

        return true;
    }

    private static Member Of(EventCatalogue catalogue, string member) =>
        catalogue.Find("STATE_RESYNCED") is { } schema ? Member.Of(schema, member) : new Member(-1);

    private bool Moves(in EventView e, VmState vm, bool onlyNewer)
    {
        if (onlyNewer && e.At < vm.StatusAt) return false;
        if (vm.Status == RunState.Gone) return Revives(e, vm);
        if (vm.Status == RunState.Unknown || IsAlive(e)) return true;
        if (!Is(e, _resynced)) return false;
        return vm.Status == RunState.Running ? _resyncedRunning.IsTrue(e) : !_resyncedStatus.Is(e, "inmigrate"u8);
    }

    private bool Revives(in EventView e, VmState vm) =>
        e.At >= vm.Since && !Is(e, _lost)
        && (IsAlive(e) || Is(e, _connected) || Is(e, _resynced) || e.At - vm.Since > Straggle);

    private bool IsAlive(in EventView e) => e.Schema is not null && Array.IndexOf(_alive, e.Schema) >= 0;

    private static bool Is(in EventView e, EventSchema? schema) => schema is not null && ReferenceEquals(e.Schema, schema);
}
