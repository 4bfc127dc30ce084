using Qualm.Model;

namespace Qualm.Projections;

/// <summary>
/// Which VMs and hosts changed since they were last published. Many changes of one count once, so that publishing
/// trails ingest at a pace of its own. Belongs to the turn; what is taken is a copy that any thread may write out.
/// </summary>
public sealed class PublishedSet
{
    private readonly Marks<VmState> _vms = new();
    private readonly Marks<HostState> _hosts = new();

    /// <summary>How many documents are waiting.</summary>
    public int Count => _vms.Count + _hosts.Count;

    public void Mark(VmState vm) => _vms.Add(vm, vm.Index);

    public void Mark(HostState host) => _hosts.Add(host, host.Index);

    /// <summary>Takes the documents that have waited longest, at most <paramref name="max"/>, as of now. The rest stays marked.</summary>
    /// <remarks>If writing them out fails, mark them again: <see cref="Mark(VmState)"/> by <see cref="PublishedDocument.Id"/>.</remarks>
    public IReadOnlyList<PublishedDocument> Take(int max = int.MaxValue)
    {
        var taken = new List<PublishedDocument>(Math.Min(max, Count));
        while (taken.Count < max && _hosts.TryTake(out var host)) taken.Add(PublishedDocument.Of(host));
        while (taken.Count < max && _vms.TryTake(out var vm)) taken.Add(PublishedDocument.Of(vm));
        return taken;
    }

    /// <summary>Forgets what waits: the turn that changed it did not commit.</summary>
    public void Clear()
    {
        while (_vms.TryTake(out _)) { }
        while (_hosts.TryTake(out _)) { }
    }

    private sealed class Marks<T>
        where T : class
    {
        private readonly Queue<(T Item, int Index)> _waiting = new();
        private bool[] _marked = [];

        public int Count => _waiting.Count;

        public void Add(T item, int index)
        {
            if (index >= _marked.Length) Array.Resize(ref _marked, Math.Max(64, index * 2));
            if (_marked[index]) return;
            _marked[index] = true;
            _waiting.Enqueue((item, index));
        }

        public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
        {
            var any = _waiting.TryDequeue(out var next);
            item = next.Item;
            if (any) _marked[next.Index] = false;
            return any;
        }
    }
}
