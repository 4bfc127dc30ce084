using System.Text.Json;
using System.Text.Unicode;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>Decodes events in place. Allocates nothing for what QEMU sends today; old shapes and faults do allocate.</summary>
public static class EventDecoder
{
    /// <summary>Deepest nesting accepted, the message itself being the first level.</summary>
    public const int MaxDepth = 64;

    /// <param name="message">Exactly one JSON object; white space around it is no fault.</param>
    /// <param name="slots">At least <see cref="EventCatalogue.MostSlots"/>; what it holds afterwards is <see cref="DecodedEvent.Slots"/>.</param>
    /// <returns>
    /// Whether the message is a sound event. If not, <see cref="DecodedEvent.Kind"/> and <see cref="DecodedEvent.Error"/> tell what it is:
    /// other messages of QMP have a kind and no error.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="slots"/> is too short.</exception>
    public static bool TryDecode(ReadOnlySpan<byte> message, EventCatalogue catalogue, Span<MemberSlot> slots, out DecodedEvent decoded) =>
        TryDecode(message, catalogue, slots, alone: true, out decoded, out _);

    /// <summary>Finds the members in data that is in today's shape already, as the store gives it back.</summary>
    /// <param name="data">Well-formed JSON of an object, or empty.</param>
    /// <param name="slots">At least <see cref="EventSchema.SlotCount"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="slots"/> is too short.</exception>
    /// <exception cref="QmpProtocolException"><paramref name="data"/> is not a JSON object.</exception>
    public static void ReadSlots(EventSchema schema, ReadOnlySpan<byte> data, Span<MemberSlot> slots)
    {
        slots = Cleared(schema, slots);
        if (data.IsEmpty || (data[0] == '{' && PlainData.TryWalk(data, schema, slots, out _))) return;
        slots.Clear();
        try
        {
            var reader = new Utf8JsonReader(data);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new QmpProtocolException("data is not a JSON object", 0);
            DataWalk.Data(ref reader, schema, 0, slots);
        }
        catch (JsonException e)
        {
            throw new QmpProtocolException("data is not JSON", 0, e);
        }
    }

    /// <summary>The same, where it can be done fast.</summary>
    /// <param name="slots">As for <see cref="ReadSlots"/>; void when this returns false.</param>
    /// <returns>False for data that <see cref="ReadSlots"/> must look at, sound or not.</returns>
    public static bool TryReadSlots(EventSchema schema, ReadOnlySpan<byte> data, Span<MemberSlot> slots) =>
        !data.IsEmpty && data[0] == '{' && PlainData.TryWalk(data, schema, Cleared(schema, slots), out _);

    /// <param name="alone">Whether anything but white space behind the object is a fault.</param>
    /// <param name="consumed">Bytes up to the object's end, when it is well-formed JSON.</param>
    internal static bool TryDecode(
        ReadOnlySpan<byte> message, EventCatalogue catalogue, Span<MemberSlot> slots, bool alone, out DecodedEvent decoded, out int consumed)
    {
        if (slots.Length < catalogue.MostSlots) throw new ArgumentException($"needs room for {catalogue.MostSlots} slots", nameof(slots));
        if (QemuForm.TryDecode(message, catalogue, slots, alone, out decoded, out consumed)) return true;
        var envelope = new Envelope();
        consumed = 0;
        try
        {
            var reader = new Utf8JsonReader(message);
            envelope.Read(ref reader, catalogue, slots);
            consumed = (int)reader.BytesConsumed;
            if (alone) reader.Read();
        }
        catch (JsonException)
        {
            consumed = 0;
            var fault = JsonFault.Find(message);
            decoded = new() { Error = "malformed JSON: " + fault.Message, ErrorOffset = fault.Offset };
            return false;
        }

        if (!Utf8.IsValid(message[..consumed]))
        {
            decoded = new() { Error = "malformed JSON: not UTF-8", ErrorOffset = JsonFault.FirstInvalidUtf8(message) };
            return false;
        }

        if (envelope.Error is not null)
        {
            decoded = new() { Error = envelope.Error, ErrorOffset = envelope.ErrorOffset };
            return false;
        }

        decoded = envelope.Kind == MessageKind.Event
            ? envelope.Event(message, slots)
            : new() { Kind = envelope.Kind };
        return envelope.Kind == MessageKind.Event;
    }

    internal static Span<MemberSlot> Cleared(EventSchema schema, Span<MemberSlot> slots)
    {
        if (slots.Length < schema.SlotCount) throw new ArgumentException($"{schema.Name} needs {schema.SlotCount} slots", nameof(slots));
        slots = slots[..schema.SlotCount];
        slots.Clear();
        return slots;
    }
}
