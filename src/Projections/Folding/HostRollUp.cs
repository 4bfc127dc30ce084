using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Keeps the sums of hosts in step with their VMs, by difference.</summary>
internal static class HostRollUp
{
    /// <param name="before">The host that counted the VM until now.</param>
    public static void Update(VmState vm, HostState? before, PublishedSet? changes)
    {
        var counts = Of(vm);
        if (ReferenceEquals(before, vm.Host) && counts == vm.Counted) return;
        if (before is not null)
        {
            Add(before, vm.Counted, -1);
            if (!ReferenceEquals(before, vm.Host)) FollowGap(before, vm);
            changes?.Mark(before);
        }

        if (vm.Host is { } host)
        {
            Add(host, counts, 1);
            FollowGap(host, vm);
            changes?.Mark(host);
        }

        vm.Counted = vm.Host is null ? RollUp.None : counts;
    }

    private static RollUp Of(VmState vm)
    {
        if (vm.Host is null || vm.Status == RunState.Gone) return RollUp.None;
        var counts = RollUp.Present;
        if (vm.Status == RunState.Running) counts |= RollUp.Running;
        if (vm.Monitor is { Known: true, Connected: false }) counts |= RollUp.MonitorLost;
        if (vm.Monitor.Gap.Open) counts |= RollUp.InGap;
        if (vm.Panics.Panicked) counts |= RollUp.Panicked;
        return counts;
    }

    // A host's gap begins with that of the first of its VMs and ends with that of the last.
    private static void FollowGap(HostState host, VmState vm)
    {
        var gap = vm.Monitor.Gap;
        if (host.VmsInGap > 0) host.GapForChange.Begin(gap.BeganAt, "");
        else if (host.Gap.Open || gap.EndedStamp > host.Gap.EndedStamp) host.GapForChange.Follow(gap);
    }

    private static void Add(HostState host, RollUp counts, int by)
    {
        if ((counts & RollUp.Present) != 0) host.Vms += by;
        if ((counts & RollUp.Running) != 0) host.RunningVms += by;
        if ((counts & RollUp.MonitorLost) != 0) host.LostMonitors += by;
        if ((counts & RollUp.Panicked) != 0) host.PanickedVms += by;
        if ((counts & RollUp.InGap) != 0) host.VmsInGap += by;
    }
}
