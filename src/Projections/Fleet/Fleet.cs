using System.Collections.Immutable;
using System.Text;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// The VMs and hosts known to this process, by id. Ids are compared ordinally; a UTF-8 name that is not valid is read
/// with replacement characters. Not thread-safe: it belongs to the turn.
/// </summary>
public sealed class Fleet
{
    private readonly Index<VmState> _vms = new((id, index) => new VmState(id, index));
    private readonly Index<HostState> _hosts = new((id, index) => new HostState(id, index));

    public int VmCount => _vms.Count;

    public int HostCount => _hosts.Count;

    /// <summary>All VMs in ordinal order of their ids. Sorted anew only after one was added.</summary>
    public IReadOnlyList<VmState> Vms => _vms.InOrder(vm => vm.Id);

    /// <summary>All hosts in ordinal order of their ids. Sorted anew only after one was added.</summary>
    public IReadOnlyList<HostState> Hosts => _hosts.InOrder(host => host.Id);

    /// <param name="index">See <see cref="VmState.Index"/>; below <see cref="VmCount"/>.</param>
    public VmState VmAt(int index) => _vms[index];

    /// <param name="index">See <see cref="HostState.Index"/>; below <see cref="HostCount"/>.</param>
    public HostState HostAt(int index) => _hosts[index];

    public VmState? FindVm(ReadOnlySpan<char> id) => _vms.Find(id);

    public VmState? FindVm(ReadOnlySpan<byte> utf8Id) => _vms.Find(utf8Id);

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

    private sealed class Index<T>(Func<string, int, T> make)
    {
        private const int OnStack = 256;

        private readonly Dictionary<string, T> _byId = new(StringComparer.Ordinal);
        private readonly List<T> _all = [];
        private T[]? _ordered;

        public int Count => _all.Count;

        public T this[int index] => _all[index];

        public T? Find(ReadOnlySpan<char> id) =>
            _byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var found) ? found : default;

        public T? Find(ReadOnlySpan<byte> utf8Id)
        {
            var chars = utf8Id.Length <= OnStack ? stackalloc char[OnStack] : new char[utf8Id.Length];
            return Find(chars[..Encoding.UTF8.GetChars(utf8Id, chars)]);
        }

        public T GetOrAdd(ReadOnlySpan<char> id)
        {
            if (id.IsEmpty) throw new ArgumentException("a VM or host must have a name", nameof(id));
            if (Find(id) is { } found) return found;
            var text = id.ToString();
            var made = make(text, _all.Count);
            _byId.Add(text, made);
            _all.Add(made);
            _ordered = null;
            return made;
        }

        public T GetOrAdd(ReadOnlySpan<byte> utf8Id)
        {
            var chars = utf8Id.Length <= OnStack ? stackalloc char[OnStack] : new char[utf8Id.Length];
            return GetOrAdd(chars[..Encoding.UTF8.GetChars(utf8Id, chars)]);
        }

        public T[] InOrder(Func<T, string> id) => _ordered ??= [.. _all.OrderBy(id, StringComparer.Ordinal)];
    }
}
