namespace Qualm.Rules.Run;

internal sealed partial class EventLog
{
    /// <summary>Writes down what is kept of each key, and how much room it has: what is stale makes room only when that is used up.</summary>
    public void Save(StateSaver to)
    {
        var (keys, room, spare) = (0, 0L, Array.Empty<EventEntry>());
        for (var slot = 0; slot < _starts.Length; slot++)
        {
            if (_starts[slot] == 0) continue;
            keys++;
            room += 1L << HeadOf(slot, out _).Bits;
        }

        to.Write(Weight);
        to.Write(keys);
        to.Write(room);
        for (var slot = 0; slot < _starts.Length; slot++)
        {
            if (_starts[slot] == 0) continue;
            ref var head = ref HeadOf(slot, out var events);
            to.Write(slot);
            to.Write(head.Weight);
            to.Write(head.LastAt);
            to.Write(head.Awake);
            to.Write(head.Bits);
            to.Writer.WriteAll<EventEntry>(InOrder(head, events, ref spare));
        }
    }

    /// <param name="keys">That the events are of.</param>
    public void Load(StateLoader from, KeyTable keys)
    {
        Weight = from.Long();
        var (left, room) = (from.Reader.ReadCount(), from.Long());
        _starts = new int[keys.Bound];
        for (; left > 0; left--)
        {
            var slot = from.Index(keys.Bound);
            var head = new EventHead { Weight = from.Long(), LastAt = from.Long(), Awake = from.Int(), Bits = from.Int() };
            var events = from.Reader.ReadAll<EventEntry>();
            StateLoader.Check(_starts[slot] == 0 && head.Awake >= 0 && head.Bits is >= EntryStretches.SmallestBits and <= EntryStretches.MostBits, "a log of events begins wrong");
            StateLoader.Check((room -= 1L << head.Bits) >= 0 && events.Length < 1 << head.Bits, "a log of events has no room for them");
            head.Count = events.Length;
            _starts[slot] = _stretches.Take(head.Bits);
            HeadOf(slot, out _) = head;
            HeadOf(slot, out var place);
            events.CopyTo(place);
        }

        StateLoader.Check(room == 0, "a log of events is not whole");
    }

    private static ReadOnlySpan<EventEntry> InOrder(in EventHead head, Span<EventEntry> events, ref EventEntry[] spare)
    {
        if (head.First + head.Count <= events.Length) return events.Slice(head.First, head.Count);
        if (spare.Length < head.Count) spare = new EventEntry[events.Length];
        var before = events.Length - head.First;
        events[head.First..].CopyTo(spare);
        events[..(head.Count - before)].CopyTo(spare.AsSpan(before));
        return spare.AsSpan(0, head.Count);
    }
}
