using System.Collections.Immutable;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// The VMs and hosts known to this process, by id. Ids are compared ordinally; a UTF-8 name that is not valid is read
/// with replacement characters. Not thread-safe: it belongs to the turn.
/// </summary>
public sealed class Fleet
{
    /// <summary>Changes whenever what <see cref="Save"/> writes changes, or what the folds make of an event: what was saved before is then of no use.</summary>
    public const int StateFormat = 1;

    private readonly NameIndex<VmState> _vms = new((id, index) => new VmState(id, index), vm => vm.Id);
    private readonly NameIndex<HostState> _hosts = new((id, index) => new HostState(id, index), host => host.Id);

    public int VmCount => _vms.Count;

    public int HostCount => _hosts.Count;

    /// <summary>All VMs in ordinal order of their ids. Sorted anew only after one was added.</summary>
    public IReadOnlyList<VmState> Vms => _vms.InOrder();

    /// <summary>All hosts in ordinal order of their ids. Sorted anew only after one was added.</summary>
    public IReadOnlyList<HostState> Hosts => _hosts.InOrder();

    /// <param name="index">See <see cref="VmState.Index"/>; below <see cref="VmCount"/>.</param>
    public VmState VmAt(int index) => _vms[index];

    /// <param name="index">See <see cref="HostState.Index"/>; below <see cref="HostCount"/>.</param>
    public HostState HostAt(int index) => _hosts[index];

    public VmState? FindVm(ReadOnlySpan<char> id) => _vms.Find(id);

    public VmState? FindVm(ReadOnlySpan<byte> utf8Id) => _vms.Find(utf8Id);

    /// <summary>Fetches where a VM would be found by its id; see <see cref="Ahead"/>. To be called some time before <see cref="Approach(ReadOnlySpan{char})"/>.</summary>
    public void Foresee(ReadOnlySpan<char> id) => _vms.Foresee(id);

    /// <summary>The VM that an event to come is about, its state being fetched; see <see cref="Ahead"/>. Null when it is new.</summary>
    public VmState? Approach(ReadOnlySpan<char> id)
    {
        var vm = _vms.Find(id);
        vm?.Fetch();
        return vm;
    }

    /// <inheritdoc cref="Foresee(ReadOnlySpan{char})"/>
    public void Foresee(ReadOnlySpan<byte> utf8Id) => _vms.Foresee(utf8Id);

    /// <inheritdoc cref="Approach(ReadOnlySpan{char})"/>
    public VmState? Approach(ReadOnlySpan<byte> utf8Id)
    {
        var vm = _vms.Find(utf8Id);
        vm?.Fetch();
        return vm;
    }

    public HostState? FindHost(ReadOnlySpan<char> id) => _hosts.Find(id);

    public HostState? FindHost(ReadOnlySpan<byte> utf8Id) => _hosts.Find(utf8Id);

    /// <summary>The VM of that id, made when it is new. Allocates only then.</summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public VmState GetOrAddVm(ReadOnlySpan<char> id) => _vms.GetOrAdd(id);

    /// <inheritdoc cref="GetOrAddVm(ReadOnlySpan{char})"/>
    public VmState GetOrAddVm(ReadOnlySpan<byte> utf8Id) => _vms.GetOrAdd(utf8Id);

    /// <summary>The host of that id, made when it is new. Allocates only then.</summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public HostState GetOrAddHost(ReadOnlySpan<char> id) => _hosts.GetOrAdd(id);

    /// <inheritdoc cref="GetOrAddHost(ReadOnlySpan{char})"/>
    public HostState GetOrAddHost(ReadOnlySpan<byte> utf8Id) => _hosts.GetOrAdd(utf8Id);

    /// <summary>Gives a VM the labels of its configuration. They are no state: the log does not hold them.</summary>
    /// <param name="labels">Ordered ordinally; may be shared by many VMs.</param>
    public static void SetLabels(VmState vm, ImmutableSortedDictionary<string, string> labels) =>
        vm.Labels = labels.WithComparers(StringComparer.Ordinal);

    /// <summary>Writes down every VM and host, but for labels. The same state makes the same bytes.</summary>
    public void Save(StateWriter writer)
    {
        var texts = new TextsOut(writer);
        writer.Write(HostCount);
        for (var i = 0; i < HostCount; i++) SavedHost.Write(writer, texts, HostAt(i));
        writer.Write(VmCount);
        for (var i = 0; i < VmCount; i++) SavedVm.Write(writer, texts, VmAt(i));
    }

    /// <summary>The fleet as it was saved; every VM and host has its index again.</summary>
    /// <exception cref="StateFormatException">The bytes are damaged.</exception>
    public static Fleet Restore(StateReader reader)
    {
        var (fleet, texts) = (new Fleet(), new TextsIn(reader));
        for (var left = reader.ReadCount(); left > 0; left--) SavedHost.Read(reader, texts, fleet);
        for (var left = reader.ReadCount(); left > 0; left--) SavedVm.Read(reader, texts, fleet);
        return fleet;
    }
}
