using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// One pass over <c>data</c> that notes where known members lie and what is odd. Allocates nothing. The reader stands on the
/// first token of a value and is left on its last.
/// </summary>
internal static class DataWalk
{
    private const int KeysCompared = 32;
    private const int StrangersCompared = 8;

    /// <param name="origin">Offset of <c>data</c> in the reader's bytes; slots count from there.</param>
    /// <param name="slots">Cleared by the caller.</param>
    public static Oddities Data(ref Utf8JsonReader reader, EventSchema schema, int origin, Span<MemberSlot> slots) =>
        Members(ref reader, schema, schema.Members.AsSpan(), origin, slots, top: true);

    /// <summary>A value of unknown shape.</summary>
    public static Oddities Unknown(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => UnknownMembers(ref reader),
        JsonTokenType.StartArray => UnknownItems(ref reader),
        JsonTokenType.String => Text(ref reader),
        JsonTokenType.Number => Number(ref reader),
        _ => Oddities.None,
    };

    private static Oddities Members(
        ref Utf8JsonReader reader, EventSchema schema, ReadOnlySpan<MemberSchema> members, int origin, Span<MemberSlot> slots, bool top)
    {
        var odd = Oddities.None;
        var next = 0;
        Span<ulong> strangers = stackalloc ulong[StrangersCompared];
        var unknown = 0;
        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject) return odd;
            var member = Find(ref reader, members, ref next);
            if (member is null)
            {
                odd |= Remember(ref reader, strangers, ref unknown);
                if (top && OldShapes.Knows(schema, reader.ValueSpan)) odd |= Oddities.OldShape;
                reader.Read();
                odd |= Unknown(ref reader);
                continue;
            }

            reader.Read();
            if (slots[member.Slot].Kind != SlotKind.Absent) odd |= Oddities.Duplicate;
            slots[member.Slot] = Known(ref reader, schema, member, origin, slots, ref odd);
        }
    }

    private static MemberSlot Known(
        ref Utf8JsonReader reader, EventSchema schema, MemberSchema member, int origin, Span<MemberSlot> slots, ref Oddities odd)
    {
        var start = (int)reader.TokenStartIndex - origin;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                odd |= Text(ref reader);
                return new(reader.ValueIsEscaped ? SlotKind.EscapedString : SlotKind.String, start + 1, reader.ValueSpan.Length);
            case JsonTokenType.Number:
                odd |= Number(ref reader);
                return new(SlotKind.Number, start, reader.ValueSpan.Length);
            case JsonTokenType.True:
                return new(SlotKind.True, start, 4);
            case JsonTokenType.False:
                return new(SlotKind.False, start, 5);
            case JsonTokenType.Null:
                return new(SlotKind.Null, start, 4);
            case JsonTokenType.StartObject:
                odd |= member.Members.IsEmpty
                    ? UnknownMembers(ref reader)
                    : Members(ref reader, schema, member.Members.AsSpan(), origin, slots, top: false);
                return new(SlotKind.Object, start, (int)reader.BytesConsumed - origin - start);
            default:
                odd |= UnknownItems(ref reader);
                return new(SlotKind.Array, start, (int)reader.BytesConsumed - origin - start);
        }
    }

    // Members come in the same order in every event of a kind, so the one after the last found is tried first.
    private static MemberSchema? Find(ref Utf8JsonReader reader, ReadOnlySpan<MemberSchema> members, ref int next)
    {
        if (reader.ValueIsEscaped) return FindEscaped(ref reader, members);
        var name = reader.ValueSpan;
        for (var tried = 0; tried < members.Length; tried++)
        {
            if (next >= members.Length) next = 0;
            var member = members[next++];
            if (member.Utf8Name.AsSpan().SequenceEqual(name)) return member;
        }

        return null;
    }

    private static MemberSchema? FindEscaped(ref Utf8JsonReader reader, ReadOnlySpan<MemberSchema> members)
    {
        foreach (var member in members)
        {
            if (reader.ValueTextEquals(member.Utf8Name.AsSpan())) return member;
        }

        return null;
    }

    private static Oddities UnknownMembers(ref Utf8JsonReader reader)
    {
        var odd = Oddities.None;
        Span<ulong> seen = stackalloc ulong[KeysCompared];
        var count = 0;
        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndObject) return odd;
            odd |= Remember(ref reader, seen, ref count);
            reader.Read();
            odd |= Unknown(ref reader);
        }
    }

    private static Oddities UnknownItems(ref Utf8JsonReader reader)
    {
        var odd = Oddities.None;
        while (true)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.EndArray) return odd;
            odd |= Unknown(ref reader);
        }
    }

    private static Oddities Text(ref Utf8JsonReader reader) =>
        !reader.ValueIsEscaped || JsonText.IsStorable(reader.ValueSpan) ? Oddities.None : Oddities.Text;

    private static Oddities Number(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 18 && !reader.ValueSpan.ContainsAny((byte)'e', (byte)'E') || JsonText.IsStorableNumber(reader.ValueSpan)
            ? Oddities.None
            : Oddities.Number;

    private static Oddities Remember(ref Utf8JsonReader reader, scoped Span<ulong> seen, ref int count)
    {
        if (reader.ValueIsEscaped) return Oddities.Unsure | Text(ref reader);
        var hash = Hash(reader.ValueSpan);
        if (count == seen.Length || seen[..count].Contains(hash)) return Oddities.Unsure;
        seen[count++] = hash;
        return Oddities.None;
    }

    // FNV-1a: equal keys have equal hashes; unequal ones that share a hash cost a look by the slow way.
    private static ulong Hash(ReadOnlySpan<byte> key)
    {
        var hash = 14695981039346656037;
        foreach (var b in key) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
