using System.Numerics;
using System.Runtime.Intrinsics;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// <c>data</c> as it nearly always is: members that the schema knows, each once; whole numbers; ASCII without escapes; no white
/// space but one space behind a comma or colon. One pass notes where the members lie. Whatever looks otherwise is left to
/// <see cref="DataWalk"/>, which gives the same answer for these as well. Allocates nothing.
/// </summary>
internal static class PlainData
{
    // More may not fit a long; DataWalk knows what the store can hold.
    private const int MostDigits = 18;

    /// <param name="rest">Begins with the brace of the data; may go on behind it.</param>
    /// <param name="slots">Cleared by the caller.</param>
    /// <param name="length">Bytes of the data, both braces included.</param>
    /// <returns>False when it is to be walked in the general way; the slots are void then.</returns>
    public static bool TryWalk(ReadOnlySpan<byte> rest, EventSchema schema, Span<MemberSlot> slots, out int length)
    {
        length = 0;
        return TryMembers(rest, schema.Members.AsSpan(), slots, ref length);
    }

    // At stands on the opening brace and is left behind the closing one.
    private static bool TryMembers(ReadOnlySpan<byte> data, ReadOnlySpan<MemberSchema> members, Span<MemberSlot> slots, ref int at)
    {
        var next = 0;
        if (ByteAt(data, ++at) == '}') return ++at > 0;
        while (true)
        {
            if (Find(data[at..], members, ref next) is not { } member) return false;
            at += member.QuotedName.Length;
            if (ByteAt(data, at) == ' ') at++;
            ref var slot = ref slots[member.Slot];
            if (slot.Kind != SlotKind.Absent) return false;
            var start = at;
            switch (ByteAt(data, at))
            {
                case (byte)'"':
                    var text = PlainLength(data[++at..]);
                    if (text < 0) return false;
                    slot = new(SlotKind.String, at, text);
                    at += text + 1;
                    break;
                case (byte)'t' when data[at..].StartsWith("true"u8):
                    slot = new(SlotKind.True, start, 4);
                    at += 4;
                    break;
                case (byte)'f' when data[at..].StartsWith("false"u8):
                    slot = new(SlotKind.False, start, 5);
                    at += 5;
                    break;
                case (byte)'n' when data[at..].StartsWith("null"u8):
                    slot = new(SlotKind.Null, start, 4);
                    at += 4;
                    break;
                case (byte)'{' when !member.Members.IsEmpty:
                    if (!TryMembers(data, member.Members.AsSpan(), slots, ref at)) return false;
                    slot = new(SlotKind.Object, start, at - start);
                    break;
                default:
                    var digits = NumberLength(data[at..]);
                    if (digits < 0) return false;
                    slot = new(SlotKind.Number, start, digits);
                    at += digits;
                    break;
            }

            switch (ByteAt(data, at++))
            {
                case (byte)'}':
                    return true;
                case (byte)',':
                    if (ByteAt(data, at) == ' ') at++;
                    break;
                default:
                    return false;
            }
        }
    }

    private static byte ByteAt(ReadOnlySpan<byte> data, int at) => (uint)at < (uint)data.Length ? data[at] : (byte)0;

    // Members come in the same order in every event of a kind, so the one after the last found is tried first.
    private static MemberSchema? Find(ReadOnlySpan<byte> rest, ReadOnlySpan<MemberSchema> members, ref int next)
    {
        for (var tried = 0; tried < members.Length; tried++)
        {
            if (next >= members.Length) next = 0;
            var member = members[next++];
            if (rest.StartsWith(member.QuotedName.AsSpan())) return member;
        }

        return null;
    }

    // Up to the closing quote; less than 0 where something else comes first that is no plain ASCII.
    private static int PlainLength(ReadOnlySpan<byte> rest)
    {
        var at = 0;
        for (; rest.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(rest.Slice(at, Vector128<byte>.Count));

            // As signed bytes, those of other scripts are less than a space too.
            var ends = Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte();
            var found = ends.ExtractMostSignificantBits();
            if (found == 0) continue;
            at += BitOperations.TrailingZeroCount(found);
            return rest[at] == '"' ? at : -1;
        }

        for (; at < rest.Length; at++)
        {
            var unit = rest[at];
            if (unit == '"') return at;
            if (unit is < (byte)' ' or >= 0x80 or (byte)'\\') return -1;
        }

        return -1;
    }

    // Of a whole number; less than 0 for one with a fraction or exponent, a long one, or what is none.
    private static int NumberLength(ReadOnlySpan<byte> rest)
    {
        var first = ByteAt(rest, 0) == '-' ? 1 : 0;
        var end = first;
        while (end < rest.Length && (uint)(rest[end] - '0') <= 9) end++;
        var digits = end - first;
        if (digits is 0 or > MostDigits || (digits > 1 && rest[first] == '0')) return -1;
        return ByteAt(rest, end) is (byte)'}' or (byte)',' ? end : -1;
    }
}
