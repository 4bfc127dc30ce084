using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>
/// The latest events of one pattern, by key: kept once for all rules of a session that count or await the same. A ring a
/// key, in order of (event time, position), its head and its events in one stretch of memory: to add to it is to fetch
/// one line of it. Allocates nothing once it has grown.
/// </summary>
/// <param name="keep">How long after its stamp some rule may still look at an event, in microseconds.</param>
/// <param name="limits">In ascending order; while none is reached, no rule has anything to decide of a key of which it remembers nothing.</param>
internal sealed partial class EventLog(RunContext run, long keep, ImmutableArray<WindowLimit> limits)
{
    private readonly EntryStretches _stretches = new();

    // By slot: where its stretch begins; 0 for none. The head lies before the events.
    private int[] _starts = [];

    /// <summary>Events taken, their weights added.</summary>
    public long Weight { get; private set; }

    /// <summary>No key with events has a slot greater than or equal to this.</summary>
    public int SlotBound => _starts.Length;

    /// <summary>Takes an event.</summary>
    public LogNews Add(int slot, in EventView e)
    {
        ref var head = ref HeadOf(slot, out var events);
        if (head.Count == events.Length)
        {
            MakeRoom(slot, ref head, events);
            head = ref HeadOf(slot, out events);
        }

        Weight += e.Weight;
        head.Weight += e.Weight;
        var place = head.Count++;
        if (e.At.Micros > head.LastAt)
        {
            head.LastAt = e.At.Micros;
        }
        else
        {
            // Whatever is newer moves up.
            for (; place > 0 && IsAfter(events[Wrapped(head.First + place - 1, events.Length)], e); place--)
            {
                events[Wrapped(head.First + place, events.Length)] = events[Wrapped(head.First + place - 1, events.Length)];
            }
        }

        ref var entry = ref events[Wrapped(head.First + place, events.Length)];
        (entry.At, entry.Stamp, entry.Position, entry.Weight) = (e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight);
        if (head.Awake != 0) return LogNews.Known;
        return WindowLimit.AnyMayBeReached(limits, new View(events, head.First, head.Count, head.Weight), e) ? LogNews.Limit : LogNews.None;
    }

    /// <summary>Fetches where it says that a key's events lie; see <see cref="Ahead"/>.</summary>
    public void Foresee(int slot)
    {
        if ((uint)slot < (uint)_starts.Length) Ahead.Fetch(ref _starts[slot]);
    }

    /// <summary>Goes on to the head of the key's events, once that is there.</summary>
    public void FetchHead(int slot)
    {
        if ((uint)slot < (uint)_starts.Length && _starts[slot] is not 0 and var start) Ahead.Fetch(ref _stretches.At(start));
    }

    /// <summary>Goes on to where the next event will lie, once the head is there.</summary>
    public void FetchNext(int slot)
    {
        if ((uint)slot >= (uint)_starts.Length || _starts[slot] is 0) return;
        ref var head = ref HeadOf(slot, out var events);

        // Where there is no room, the oldest go.
        Ahead.Fetch(ref events[Wrapped(head.First + head.Count, events.Length)]);
        if (head.Count == events.Length) Ahead.Fetch(ref events[Wrapped(head.First + 2, events.Length)]);
        foreach (ref readonly var limit in limits.AsSpan())
        {
            if (head.Weight + 1 < limit.AtLeast) break;
            if (limit.AtLeast <= head.Count) Ahead.Fetch(ref events[Wrapped(head.First + head.Count + 1 - (int)limit.AtLeast, events.Length)]);
        }
    }

    /// <summary>A rule begins to remember something of a key by itself.</summary>
    public void Wake(int slot) => HeadOf(slot, out _).Awake++;

    /// <summary>It does so no longer.</summary>
    public void Sleep(int slot) => HeadOf(slot, out _).Awake--;

    /// <summary>The events of a key.</summary>
    public View Of(int slot)
    {
        if ((uint)slot >= (uint)_starts.Length || _starts[slot] == 0) return default;
        ref var head = ref HeadOf(slot, out var events);
        return new View(events, head.First, head.Count, head.Weight);
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

    /// <summary>Drops the events of a key of which no rule remembers anything.</summary>
    public void Forget(int slot)
    {
        if (slot >= _starts.Length || _starts[slot] == 0) return;
        _stretches.Give(_starts[slot], HeadOf(slot, out _).Bits);
        _starts[slot] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref EventHead HeadOf(int slot, out Span<EventEntry> events)
    {
        var start = (uint)slot < (uint)_starts.Length ? _starts[slot] : 0;
        if (start == 0) start = Begin(slot);
        ref var head = ref Unsafe.As<EventEntry, EventHead>(ref _stretches.At(start));
        events = _stretches.Of(start + 1, (1 << head.Bits) - 1);
        return ref head;
    }

    private int Begin(int slot)
    {
        if (slot >= _starts.Length) Array.Resize(ref _starts, Math.Max(slot + 1, Math.Max(64, _starts.Length * 2)));
        var start = _stretches.Take(EntryStretches.SmallestBits);
        Unsafe.As<EventEntry, EventHead>(ref _stretches.At(start)) = new EventHead { Bits = EntryStretches.SmallestBits, LastAt = long.MinValue };
        return _starts[slot] = start;
    }

    private bool IsStale(in EventEntry entry) => entry.Stamp + keep <= run.Now.Micros;

    private static bool IsAfter(in EventEntry entry, in EventView e) => entry.At > e.At.Micros || (entry.At == e.At.Micros && entry.Position > e.Position.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wrapped(int index, int length) => index >= length ? index - length : index;

    // What is stale makes room first.
    private void MakeRoom(int slot, ref EventHead head, Span<EventEntry> events)
    {
        while (head.Count > 0 && IsStale(events[head.First]))
        {
            head.Weight -= events[head.First].Weight;
            head.First = Wrapped(head.First + 1, events.Length);
            head.Count--;
        }

        if (head.Count <= events.Length - Math.Max(1, events.Length / 4)) return;
        var larger = _stretches.Take(head.Bits + 1);
        var room = _stretches.Of(larger + 1, head.Count);
        for (var i = 0; i < head.Count; i++) room[i] = events[Wrapped(head.First + i, events.Length)];
        Unsafe.As<EventEntry, EventHead>(ref _stretches.At(larger)) = head with { First = 0, Bits = head.Bits + 1 };
        _stretches.Give(_starts[slot], head.Bits);
        _starts[slot] = larger;
    }

    /// <summary>The events of one key, oldest first; valid until the next event is added.</summary>
    /// <param name="weight">Of all of them.</param>
    public readonly ref struct View(ReadOnlySpan<EventEntry> events, int first, int count, long weight)
    {
        private readonly ReadOnlySpan<EventEntry> _events = events;

        public int Count => count;

        public long Weight => weight;

        public ref readonly EventEntry this[int index]
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => ref _events[Wrapped(first + index, _events.Length)];
        }
    }
}
