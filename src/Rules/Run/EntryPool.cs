namespace Qualm.Rules.Run;

/// <summary>Events remembered by one rule, as doubly linked lists in one array: no allocation once it has grown.</summary>
/// <param name="sweep">Gives back what is stale; called before the array grows.</param>
internal sealed class EntryPool(Action sweep)
{
    /// <summary>No entry.</summary>
    public const int None = 0;

    private Entry[] _entries = new Entry[16];
    private int _bound = 1;
    private int _free;

    private Action _sweep = sweep;

    /// <summary>Entries in use.</summary>
    public int Count { get; private set; }

    public ref Entry this[int index] => ref _entries[index];

    /// <summary>Changes hands.</summary>
    public void SweptBy(Action sweep) => _sweep = sweep;

    public int Take()
    {
        if (_free == None && _bound == _entries.Length) MakeRoom();
        Count++;
        if (_free != None)
        {
            var index = _free;
            _free = _entries[index].Next;
            return index;
        }

        return _bound++;
    }

    // What is stale makes room first, so the array is at most twice as large as what is alive.
    private void MakeRoom()
    {
        _sweep();
        if (Count >= _entries.Length / 2) Array.Resize(ref _entries, _entries.Length * 2);
    }

    public void Give(int index)
    {
        Count--;
        _entries[index] = new Entry { Next = _free };
        _free = index;
    }

    public struct Entry
    {
        public long At;
        public long Stamp;
        public long Position;
        public long Weight;

        /// <summary>What the operator read off the event, in its own terms.</summary>
        public long Value;
        public int Previous;
        public int Next;
    }
}
