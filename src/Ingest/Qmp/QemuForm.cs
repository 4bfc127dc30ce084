using System.Text.Json;
using System.Text.Unicode;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// The very bytes QEMU writes around <c>data</c>, every time: <c>{"timestamp": {"seconds": S, "microseconds": U}, "event": "NAME"</c>,
/// perhaps <c>, "data": {…}</c>, and <c>}</c>. They are compared, not parsed, which saves half of the tokens. Whatever looks
/// otherwise, or odd, is left to the general way, which gives the same answer.
/// </summary>
internal static class QemuForm
{
    // Within the message, data is on the second level.
    private static readonly JsonReaderOptions InData = new() { MaxDepth = EventDecoder.MaxDepth - 1 };

    /// <returns>False when the message is to be decoded in the general way; the slots are void then.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> message, EventCatalogue catalogue, Span<MemberSlot> slots, bool alone, out DecodedEvent decoded, out int consumed)
    {
        decoded = default;
        consumed = 0;
        var rest = message;
        if (!Take(ref rest, "{\"timestamp\": {\"seconds\": "u8) || !TakeNumber(ref rest, Timestamp.LastSecond, out var seconds)
            || !Take(ref rest, ", \"microseconds\": "u8) || !TakeNumber(ref rest, Instant.Second - 1, out var microseconds)
            || !Take(ref rest, "}, \"event\": \""u8)) return false;

        var quote = rest.IndexOf((byte)'"');
        if (quote < 0 || catalogue.Find(rest[..quote]) is not { } schema) return false;
        var name = rest[..quote];
        rest = rest[(quote + 1)..];
        var used = EventDecoder.Cleared(schema, slots);
        ReadOnlySpan<byte> data = default;
        if (Take(ref rest, ", \"data\": "u8))
        {
            if (rest.IsEmpty || rest[0] != '{' || !TryWalk(rest, schema, used, out var length)) return false;
            data = rest[..length];
            rest = rest[length..];
        }

        if (!Take(ref rest, "}"u8) || (alone && rest.ContainsAnyExcept(" \t\r\n"u8))) return false;
        consumed = message.Length - rest.Length;
        decoded = new()
        {
            Kind = MessageKind.Event,
            Schema = schema,
            NameUtf8 = name,
            EventTime = Instant.FromUnix(seconds, microseconds),
            Data = data,
            Slots = used,
        };
        return true;
    }

    private static bool TryWalk(ReadOnlySpan<byte> rest, EventSchema schema, Span<MemberSlot> slots, out int length)
    {
        length = 0;
        try
        {
            var reader = new Utf8JsonReader(rest, InData);
            reader.Read();
            if (DataWalk.Data(ref reader, schema, 0, slots) != Oddities.None) return false;
            length = (int)reader.BytesConsumed;
            return Utf8.IsValid(rest[..length]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> rest, long most, out long number)
    {
        number = 0;
        var digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit((char)rest[digits]) && number <= most)
        {
            number = (number * 10) + (rest[digits++] - '0');
        }

        if (digits == 0 || (digits > 1 && rest[0] == '0') || number > most) return false;
        rest = rest[digits..];
        return true;
    }
}
