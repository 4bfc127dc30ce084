using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>
/// The latest events of one pattern, by key: kept once for all rules of a session that count or await the same. A ring a
/// key, in order of (event time, position), in one stretch of memory. Allocates nothing once it has grown.
/// </summary>
/// <param name="keep">How long after its stamp some rule may still look at an event, in microseconds.</param>
internal sealed class EventLog(RunContext run, long keep)
{
    private const int PageBits = 12;
    private const int SmallestBits = 2;
    private const int MostBits = 28;

    private readonly Stack<int>?[] _free = new Stack<int>?[MostBits + 1];
    private Ring[] _rings = [];
    private Entry[][] _pages = [];
    private int _pageCount;
    private int _filled = 1 << PageBits;

    /// <summary>Events taken, their weights added.</summary>
    public long Weight { get; private set; }

    /// <summary>No key with events has a slot greater than or equal to this.</summary>
    public int SlotBound => _rings.Length;

    /// <summary>Takes an event.</summary>
    /// <returns>Whether every rule that shares the log, none of them remembering anything of this key, may pass it over if it needs more than <paramref name="weight"/>.</returns>
    public bool Add(int slot, in EventView e, out long weight)
    {
        if (slot >= _rings.Length) Array.Resize(ref _rings, Math.Max(slot + 1, Math.Max(64, _rings.Length * 2)));
        ref var ring = ref _rings[slot];
        if (ring.Count == ring.Capacity) MakeRoom(ref ring);
        var entries = _pages[ring.Start >> PageBits];
        var (offset, mask) = (ring.Start & ((1 << PageBits) - 1), ring.Capacity - 1);
        var tail = ring.Head + ring.Count - 1;
        var total = ring.Count == 0 ? ring.Before : entries[offset + (tail & mask)].Total;
        var inOrder = ring.Count == 0 || IsBefore(entries[offset + (tail & mask)], e.At.Micros, e.Position.Value);
        var place = ring.Head + ring.Count++;
        Weight += e.Weight;
        weight = total + e.Weight - ring.Before;
        if (inOrder)
        {
            entries[offset + (place & mask)] = new Entry { At = e.At.Micros, Stamp = e.Stamp.Micros, Position = e.Position.Value, Total = total + e.Weight };
            return ring.Awake == 0;
        }

        for (; place > ring.Head && !IsBefore(entries[offset + ((place - 1) & mask)], e.At.Micros, e.Position.Value); place--)
        {
            entries[offset + (place & mask)] = entries[offset + ((place - 1) & mask)];
            entries[offset + (place & mask)].Total += e.Weight;
        }

        total = place == ring.Head ? ring.Before : entries[offset + ((place - 1) & mask)].Total;
        entries[offset + (place & mask)] = new Entry { At = e.At.Micros, Stamp = e.Stamp.Micros, Position = e.Position.Value, Total = total + e.Weight };
        return ring.Awake == 0;
    }

    /// <summary>A rule begins to remember something of a key by itself.</summary>
    public void Wake(int slot)
    {
        if (slot >= _rings.Length) Array.Resize(ref _rings, Math.Max(slot + 1, Math.Max(64, _rings.Length * 2)));
        _rings[slot].Awake++;
    }

    /// <summary>It does so no longer.</summary>
    public void Sleep(int slot) => _rings[slot].Awake--;

    /// <summary>The events of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public View Of(int slot)
    {
        if ((uint)slot >= (uint)_rings.Length || _rings[slot].Capacity == 0) return default;
        ref var ring = ref _rings[slot];
        return new View(_pages[ring.Start >> PageBits].AsSpan(ring.Start & ((1 << PageBits) - 1), ring.Capacity), ring.Head, ring.Count, ring.Before);
    }

    /// <summary>Whether no event of a key matters any more.</summary>
    public bool IsIdle(int slot)
    {
        var events = Of(slot);
        for (var i = events.Count - 1; i >= 0; i--)
        {
            if (!IsStale(events[i])) return false;
        }

        return true;
    }

    /// <summary>Drops the events of a key.</summary>
    public void Forget(int slot)
    {
        if (slot >= _rings.Length) return;
        ref var ring = ref _rings[slot];
        if (ring.Capacity > 0) Give(ring.Start, ring.Capacity);
        ring = new Ring { Awake = ring.Awake };
    }

    private bool IsStale(in Entry entry) => entry.Stamp + keep <= run.Now.Micros;

    private static bool IsBefore(in Entry entry, long at, long position) => entry.At < at || (entry.At == at && entry.Position <= position);

    // What is stale makes room first.
    private void MakeRoom(ref Ring ring)
    {
        var events = ring.Capacity == 0 ? default : _pages[ring.Start >> PageBits].AsSpan(ring.Start & ((1 << PageBits) - 1), ring.Capacity);
        var mask = ring.Capacity - 1;
        while (ring.Count > 0 && IsStale(events[ring.Head & mask]))
        {
            ring.Before = events[ring.Head & mask].Total;
            ring.Head++;
            ring.Count--;
        }

        ring.Head &= mask;
        if (ring.Count < ring.Capacity - (ring.Capacity / 4)) return;
        var (start, capacity) = (ring.Start, Math.Max(1 << SmallestBits, ring.Capacity * 2));
        var larger = Take(capacity);
        events = start == larger || ring.Capacity == 0 ? default : _pages[start >> PageBits].AsSpan(start & ((1 << PageBits) - 1), ring.Capacity);
        var target = _pages[larger >> PageBits].AsSpan(larger & ((1 << PageBits) - 1), capacity);
        for (var i = 0; i < ring.Count; i++) target[i] = events[(ring.Head + i) & mask];
        if (ring.Capacity > 0) Give(start, ring.Capacity);
        (ring.Start, ring.Head, ring.Capacity) = (larger, 0, capacity);
    }

    private int Take(int capacity)
    {
        var bits = int.Log2(capacity);
        if (_free[bits] is { Count: > 0 } free) return free.Pop();
        if (bits > PageBits) return NewPage(capacity);
        if (_filled + capacity > 1 << PageBits)
        {
            // What is left of the page serves smaller rings.
            for (var rest = 1 << PageBits; rest >= 1 << SmallestBits; rest >>= 1)
            {
                if (_filled + rest > 1 << PageBits) continue;
                Give(((_current) << PageBits) + _filled, rest);
                _filled += rest;
            }

            _current = NewPage(1 << PageBits) >> PageBits;
            _filled = 0;
        }

        _filled += capacity;
        return (_current << PageBits) + _filled - capacity;
    }

    private int _current;

    private int NewPage(int length)
    {
        if (_pageCount == _pages.Length) Array.Resize(ref _pages, Math.Max(4, _pageCount * 2));
        _pages[_pageCount] = new Entry[length];
        return _pageCount++ << PageBits;
    }

    private void Give(int start, int capacity) => (_free[int.Log2(capacity)] ??= new Stack<int>()).Push(start);

    /// <summary>One event.</summary>
    public struct Entry
    {
        public long At;
        public long Stamp;
        public long Position;

        /// <summary>Weights of all events up to this one.</summary>
        public long Total;
    }

    private struct Ring
    {
        // Weights of all events dropped.
        public long Before;
        public int Start;
        public int Head;
        public int Count;
        public int Capacity;

        // Rules that remember something of this key.
        public int Awake;
    }

    /// <summary>The events of one key, oldest first; valid until the next event is added.</summary>
    public readonly ref struct View(ReadOnlySpan<Entry> entries, int head, int count, long before)
    {
        private readonly ReadOnlySpan<Entry> _entries = entries;

        public int Count => count;

        public ref readonly Entry this[int index]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => ref _entries[(head + index) & (_entries.Length - 1)];
        }

        /// <summary>Weights of all events before one.</summary>
        public long TotalBefore(int index) => index == 0 ? before : this[index - 1].Total;

        public long WeightOf(int index) => this[index].Total - TotalBefore(index);
    }
}
