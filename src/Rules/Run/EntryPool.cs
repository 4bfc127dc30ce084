using Qualm.Model;

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

    /// <summary>No entry in use is greater than or equal to this.</summary>
    public int Bound => _bound;

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

    /// <summary>Writes down the entries at their places, those that are free as well.</summary>
    public void Save(StateSaver to)
    {
        to.Write(_entries.Length);
        to.Write(_free);
        to.Write(Count);
        to.Writer.WriteAll<Entry>(_entries.AsSpan(0, _bound));
    }

    public void Load(StateLoader from)
    {
        var (length, free, count) = (from.Int(), from.Int(), from.Int());
        var entries = from.Reader.ReadAll<Entry>();
        var bound = entries.Length;
        StateLoader.Check(bound > 0 && length >= bound && length <= Math.Max(_entries.Length, 2L * bound), $"room for {length} events with {bound}");
        StateLoader.Check((uint)free < (uint)bound && (uint)count < (uint)bound, $"{count} of {bound} events");
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if ((uint)entry.Previous >= (uint)bound || (uint)entry.Next >= (uint)bound) throw new StateFormatException("rules: a list of events leads nowhere");
        }

        Array.Resize(ref entries, length);
        (_entries, _bound, _free, Count) = (entries, bound, free, count);
    }

    /// <summary>Whether a word may be the ends of a list.</summary>
    public bool IsList(long word) => (ulong)word >> 32 < (ulong)_bound && (uint)word < (uint)_bound;

    /// <summary>Whether there may be an entry of this number.</summary>
    public bool IsEntry(long index) => (ulong)index < (ulong)_bound;

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
