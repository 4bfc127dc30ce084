using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// Whether the database gives back the very bytes that came, so that they need not be kept beside the decoded event. When in
/// doubt the answer is no. Allocates nothing.
/// </summary>
public static class RawForm
{
    // Far below where numeric's limits begin; QEMU's numbers have 20 digits at most.
    private const int LongestNumber = 1000;

    /// <summary>
    /// Whether PostgreSQL's <c>data::jsonb::text</c> is <paramref name="data"/> byte for byte: spaced as QEMU does it, keys in
    /// jsonb's order (shorter first, then bytewise) and each once, strings escaped as jsonb escapes, numbers without exponent.
    /// </summary>
    /// <param name="data">Well-formed JSON in UTF-8.</param>
    /// <exception cref="JsonException"><paramref name="data"/> is not JSON.</exception>
    public static bool GivesBack(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        return reader.TokenStartIndex == 0 && Value(ref reader, data) && reader.BytesConsumed == data.Length;
    }

    /// <summary>
    /// Whether the whole message can be put together again from the event's name, time and stored data: what QEMU of today sends,
    /// when the order of its members is jsonb's.
    /// </summary>
    public static bool GivesBack(QmpEvent message)
    {
        if (message.Altered || message.EventTime is not { } time) return false;
        var rest = message.Raw.Span;
        return Take(ref rest, "{\"timestamp\": {\"seconds\": "u8) && Take(ref rest, time.Micros / Instant.Second)
            && Take(ref rest, ", \"microseconds\": "u8) && Take(ref rest, time.Micros % Instant.Second)
            && Take(ref rest, "}, \"event\": \""u8) && TakeName(ref rest, message.Name) && Take(ref rest, "\""u8)
            && (message.Data.IsEmpty || (Take(ref rest, ", \"data\": "u8) && Take(ref rest, message.Data.Span) && GivesBack(message.Data.Span)))
            && Take(ref rest, "}"u8) && rest.IsEmpty;
    }

    private static bool Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> data) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Members(ref reader, data),
        JsonTokenType.StartArray => Items(ref reader, data),
        JsonTokenType.String => !reader.ValueIsEscaped || EscapedAsByJsonb(reader.ValueSpan),
        JsonTokenType.Number => Number(reader.ValueSpan),
        _ => true,
    };

    private static bool Members(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> last = default;
        for (var first = true; ; first = false)
        {
            var end = (int)reader.BytesConsumed;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.EndObject) return start == end;
            if (!data[end..start].SequenceEqual(first ? ""u8 : ", "u8)) return false;
            var key = reader.ValueSpan;
            if (reader.ValueIsEscaped || (!first && !Ascending(last, key))) return false;
            last = key;

            // The reader counts the colon to the name.
            var behind = start + key.Length + 2;
            reader.Read();
            if (!data[behind..(int)reader.TokenStartIndex].SequenceEqual(": "u8) || !Value(ref reader, data)) return false;
        }
    }

    private static bool Items(ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        for (var first = true; ; first = false)
        {
            var end = (int)reader.BytesConsumed;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.EndArray) return start == end;
            if (!data[end..start].SequenceEqual(first ? ""u8 : ", "u8) || !Value(ref reader, data)) return false;
        }
    }

    private static bool Ascending(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.Length != other.Length ? one.Length < other.Length : one.SequenceCompareTo(other) < 0;

    // No exponent, and no minus before a zero: numeric has neither.
    private static bool Number(ReadOnlySpan<byte> number) =>
        number.Length <= LongestNumber && !number.ContainsAny((byte)'e', (byte)'E')
        && (number[0] != '-' || number.IndexOfAnyInRange((byte)'1', (byte)'9') >= 0);

    private static bool EscapedAsByJsonb(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'\\'); at < text.Length; at++)
        {
            if (text[at] != '\\') continue;
            at++;
            if (text[at] != 'u')
            {
                if (text[at] == '/') return false;
                continue;
            }

            // Only control characters without a letter of their own stay as \u00xx, in lower case.
            var digits = text.Slice(at + 1, 4);
            if (digits[0] != '0' || digits[1] != '0' || digits[2] is not ((byte)'0' or (byte)'1')) return false;
            if (digits[3] is >= (byte)'A' and <= (byte)'F') return false;
            if (digits[2] == '0' && digits[3] is (byte)'0' or (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d') return false;
            at += 4;
        }

        return true;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, scoped ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, long number)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, text, out var length);
        return Take(ref rest, text[..length]);
    }

    private static bool TakeName(ref ReadOnlySpan<byte> rest, string name)
    {
        if (rest.Length < name.Length || !Ascii.Equals(rest[..name.Length], name)) return false;
        rest = rest[name.Length..];
        return true;
    }
}
