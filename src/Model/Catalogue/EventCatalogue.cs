using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Qualm.Model;

/// <summary>All kinds of events known by name. Immutable; look-ups by UTF-8 bytes allocate nothing.</summary>
public sealed class EventCatalogue
{
    private readonly FrozenDictionary<string, EventSchema> _byName;
    private readonly FrozenDictionary<string, EventSchema>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly int _longest;

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
        _bySpan = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = events.Max(e => e.Name.Length);
        MostSlots = events.Max(e => e.SlotCount);
    }

    public ImmutableArray<EventSchema> Events { get; }

    /// <summary>How many slots suffice for any event of the catalogue.</summary>
    public int MostSlots { get; }

    public EventSchema? Find(string name) => _byName.GetValueOrDefault(name);

    /// <param name="utf8Name">The name as on the wire, unescaped.</param>
    public EventSchema? Find(ReadOnlySpan<byte> utf8Name)
    {
        if (utf8Name.Length > _longest) return null;
        Span<char> name = stackalloc char[utf8Name.Length];
        return Encoding.ASCII.TryGetChars(utf8Name, name, out var length) && _bySpan.TryGetValue(name[..length], out var found) ? found : null;
    }
}
