using System.Buffers.Text;
using System.Text;
using Qualm.Model;

namespace Qualm.Projections;

/// <summary>One member that a fold reads, resolved once by name. Reading allocates nothing.</summary>
/// <param name="slot">Index of its slot; negative when this catalogue does not have the member.</param>
internal readonly struct Member(int slot)
{
    /// <param name="path">Dotted, as on the wire.</param>
    public static Member Of(EventSchema schema, string path) => new(schema.Find(path)?.Slot ?? -1);

    /// <summary>Whether the event has it, and not as null.</summary>
    public bool IsPresent(in EventView e) => Slot(e).Kind is not (SlotKind.Absent or SlotKind.Null);

    public bool IsTrue(in EventView e) => Slot(e).Kind == SlotKind.True;

    /// <summary>Whether it is the string <paramref name="text"/>; for names out of QEMU's lists, which need no escapes.</summary>
    public bool Is(in EventView e, ReadOnlySpan<byte> text)
    {
        var slot = Slot(e);
        return slot.Kind == SlotKind.String && e.Bytes(slot).SequenceEqual(text);
    }

    /// <summary>The whole number, held to 64 bits with sign; null when it is none.</summary>
    public long? Number(in EventView e)
    {
        var slot = Slot(e);
        if (slot.Kind != SlotKind.Number) return null;
        var text = e.Bytes(slot);
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length) return whole;
        if (Utf8Parser.TryParse(text, out ulong large, out used) && used == text.Length) return large > long.MaxValue ? long.MaxValue : (long)large;
        return null;
    }

    /// <summary>Decodes it into <paramref name="buffer"/>; empty when it is no string.</summary>
    public ReadOnlySpan<char> Text(in EventView e, Span<char> buffer)
    {
        var slot = Slot(e);
        if (slot.Kind is not (SlotKind.String or SlotKind.EscapedString)) return [];
        return buffer[..SlotText.Decode(e.Bytes(slot), slot.Kind == SlotKind.EscapedString, buffer)];
    }

    /// <summary>Its text as a shared string, <paramref name="current"/> itself when it says the same; empty when it is no string.</summary>
    public string Keep(in EventView e, TextTable texts, string current)
    {
        var slot = Slot(e);
        if (slot.Kind != SlotKind.String) return Change(e, texts, current);
        var text = e.Bytes(slot);

        // What lies in the table itself is found sooner than what is known is looked at: that is elsewhere for every VM.
        if (text.Length <= NameIndex<string>.Short) return texts.Find(text) ?? Change(e, texts, current);
        return Ascii.Equals(text, current) ? current : Change(e, texts, current);
    }

    private string Change(in EventView e, TextTable texts, string current)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxLength];
        return texts.Keep(current, Text(e, buffer));
    }

    private MemberSlot Slot(in EventView e) => (uint)slot < (uint)e.Slots.Length ? e.Slots[slot] : default;
}
