using Qualm.Model;

namespace Qualm.Projections;

/// <summary>What an event may change.</summary>
/// <param name="OnlyNewer">Whether what it tells must not be older, in event time, than what is known.</param>
/// <param name="Elsewhere">Whether it comes from a host that the VM does not run on; then it tells nothing of its run state.</param>
internal readonly record struct Scope(bool OnlyNewer, bool Elsewhere)
{
    /// <summary>Whether what is known since <paramref name="known"/> gives way to an event of <paramref name="at"/>.</summary>
    public bool Admits(Instant at, Instant known) => !OnlyNewer || at >= known;

    /// <summary>Whether the event may tell the VM's run state.</summary>
    public bool TellsStatus(in EventView e, VmState vm) => !Elsewhere && Admits(e.At, vm.StatusAt);
}
