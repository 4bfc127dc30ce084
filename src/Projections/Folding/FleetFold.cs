using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// Folds events into the picture of their VMs and hosts. Pure: what comes out depends on the events alone, never on a
/// clock. Allocates nothing for events that bring no new names. Belongs to the turn.
/// </summary>
/// <param name="changes">Told of every VM and host that changed; null when nothing is published.</param>
public sealed class FleetFold(EventCatalogue catalogue, PublishedSet? changes = null)
{
    private readonly FoldTable _table = new(catalogue);
    private readonly Settling _settling = new(catalogue);

    /// <summary>
    /// Folds an event in the order of the log. That order is the truth for what a monitor says of its VM: event times
    /// may step back there, or be of another clock than those of Qualm's own events, and must not freeze the picture.
    /// Only an event marked late is held to <see cref="ApplyIfNewer"/>.
    /// </summary>
    public void Apply(in EventView e) => Fold(e, (e.Marks & EventMarks.Late) != 0);

    /// <summary>
    /// Folds an event of another timeline, such as an import: it always counts, but what it tells of how the VM is
    /// stands only where it is not older, in event time, than what is known.
    /// </summary>
    public void ApplyIfNewer(in EventView e) => Fold(e, onlyNewer: true);

    /// <summary>How often <see cref="Approach"/> is to be called for an event.</summary>
    public const int Steps = 4;

    /// <summary>Fetches what an event of a VM to come will change beside its state; see <see cref="Ahead"/>. One step of the way each time, for others at the same time.</summary>
    /// <param name="step">From 0; what it fetches must be there before the next.</param>
    public void Approach(VmState vm, EventSchema? schema, int step)
    {
        var part = schema is null ? VmPart.None : _table.PartOf(schema);
        if (step == 0) vm.FetchParts(part);
        else vm.FetchNamed(part, step - 1);
    }

    private void Fold(in EventView e, bool onlyNewer)
    {
        if (e.Vm is not { } vm) return;
        var (hostBefore, statusBefore) = (vm.Host, vm.Status);
        var elsewhere = !_settling.Settle(e, vm, onlyNewer);
        Note(e, vm, onlyNewer);
        var counts = !ReferenceEquals(hostBefore, vm.Host) || !ReferenceEquals(statusBefore, vm.Status);
        if (e.Schema is { } schema)
        {
            _table[schema]?.Invoke(e, vm, new Scope(onlyNewer, elsewhere));
            counts |= _table.ChangesHost(schema);
        }

        if (counts) HostRollUp.Update(vm, hostBefore, changes);
        changes?.Mark(vm);
    }

    private static void Note(in EventView e, VmState vm, bool onlyNewer)
    {
        vm.Events += e.Weight;
        vm.LastPosition = e.Position;
        if (onlyNewer && e.At < vm.LastAt) return;
        vm.LastAt = Instant.Max(vm.LastAt, e.At);
        vm.LastEventsForChange.Add(new LastEvent(e.Name, e.At, e.Position));
    }
}
