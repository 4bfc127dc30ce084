using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Qualm.Model;

/// <summary>All kinds of events known by name. Immutable; look-ups by UTF-8 bytes allocate nothing.</summary>
public sealed class EventCatalogue
{
    private readonly FrozenDictionary<string, EventSchema> _byName;
    private readonly (byte[] Name, EventSchema? Event)[] _byBytes;

    /// <param name="events">In the order of their <see cref="EventSchema.Id"/>, which must be their index.</param>
    /// <exception cref="ArgumentException">An id is not its index, or a name occurs twice.</exception>
    public EventCatalogue(ImmutableArray<EventSchema> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i].Id != i) throw new ArgumentException($"{events[i].Name} has id {events[i].Id}, not {i}", nameof(events));
        }

        Events = events;
        _byName = events.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);
        _byBytes = Table(events);
        MostSlots = events.Max(e => e.SlotCount);
    }

    public ImmutableArray<EventSchema> Events { get; }

    /// <summary>How many slots suffice for any event of the catalogue.</summary>
    public int MostSlots { get; }

    public EventSchema? Find(string name) => _byName.GetValueOrDefault(name);

    /// <param name="utf8Name">The name as on the wire, unescaped.</param>
    public EventSchema? Find(ReadOnlySpan<byte> utf8Name)
    {
        for (var at = Place(utf8Name); ; at++)
        {
            var (name, found) = _byBytes[at & (_byBytes.Length - 1)];
            if (found is null || utf8Name.SequenceEqual(name)) return found;
        }
    }

    // Open addressing, at most a quarter full, so that a look is one comparison nearly always.
    private static (byte[] Name, EventSchema? Event)[] Table(ImmutableArray<EventSchema> events)
    {
        var table = new (byte[] Name, EventSchema? Event)[BitOperations.RoundUpToPowerOf2((uint)(events.Length * 4) + 1)];
        foreach (var item in events)
        {
            var name = Encoding.UTF8.GetBytes(item.Name);
            var at = Place(name) & (table.Length - 1);
            while (table[at].Event is not null) at = (at + 1) & (table.Length - 1);
            table[at] = (name, item);
        }

        return table;
    }

    // Length and four letters tell nearly all names apart; the start is often shared (BLOCK_JOB_…), the end rarely.
    private static int Place(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return 0;
        var hash = (uint)name.Length;
        hash = (hash * 31) + name[0];
        hash = (hash * 31) + name[name.Length / 2];
        hash = (hash * 31) + name[name.Length * 3 / 4];
        hash = (hash * 31) + name[^1];
        return (int)((hash * 2654435769) >> 8) & int.MaxValue;
    }
}
