using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qualm.Ingest.Qmp;

/// <summary>The inside of JSON strings and numbers, as raw UTF-8 between the quotes, whose syntax is already checked.</summary>
internal static class JsonText
{
    private const int NumericDigits = 131_072;
    private const int NumericScale = 16_383;

    /// <summary>Whether jsonb can hold the string: no <c>\u0000</c>, no half of a surrogate pair.</summary>
    public static bool IsStorable(ReadOnlySpan<byte> escaped) => NextUnstorable(escaped, 0) < 0;

    /// <summary>The string with every escape that jsonb refuses replaced by U+FFFD; still escaped.</summary>
    public static byte[] Repair(ReadOnlySpan<byte> escaped)
    {
        var output = new ArrayBufferWriter<byte>(escaped.Length + 1);
        var from = 0;
        for (var at = NextUnstorable(escaped, 0); at >= 0; at = NextUnstorable(escaped, from))
        {
            output.Write(escaped[from..at]);
            output.Write("\uFFFD"u8);
            from = at + 6;
        }

        output.Write(escaped[from..]);
        return output.WrittenSpan.ToArray();
    }

    /// <param name="storable">A string for which <see cref="IsStorable"/> holds.</param>
    public static byte[] Unescape(ReadOnlySpan<byte> storable)
    {
        byte[] quoted = [(byte)'"', .. storable, (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        var text = new byte[storable.Length];
        return text[..reader.CopyString(text)];
    }

    /// <summary>Whether PostgreSQL's <c>numeric</c> holds the number; errs on the safe side near the limits.</summary>
    public static bool IsStorableNumber(ReadOnlySpan<byte> number)
    {
        if (number.Length <= 18 && number.IndexOfAny((byte)'e', (byte)'E') < 0) return true;
        var mantissa = number;
        long exponent = 0;
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            mantissa = number[..e];
            var text = number[(e + 1)..];
            if (text[0] == '+') text = text[1..];
            if (!Utf8Parser.TryParse(text, out exponent, out var used) || used != text.Length || Math.Abs(exponent) > NumericDigits) return false;
        }

        var dot = mantissa.IndexOf((byte)'.');
        var whole = dot < 0 ? mantissa.Length : dot;
        var fraction = dot < 0 ? 0 : mantissa.Length - dot - 1;
        return whole + exponent < NumericDigits && fraction - exponent <= NumericScale && fraction <= NumericScale;
    }

    private static int NextUnstorable(ReadOnlySpan<byte> escaped, int from)
    {
        while (true)
        {
            var skip = escaped[from..].IndexOf((byte)'\\');
            if (skip < 0) return -1;
            from += skip;
            if (escaped[from + 1] != 'u')
            {
                from += 2;
                continue;
            }

            var unit = Unit(escaped[from..]);
            if (unit == 0 || char.IsLowSurrogate((char)unit)) return from;
            if (!char.IsHighSurrogate((char)unit))
            {
                from += 6;
                continue;
            }

            var rest = escaped[(from + 6)..];
            if (rest.Length < 6 || rest[0] != '\\' || rest[1] != 'u' || !char.IsLowSurrogate((char)Unit(rest))) return from;
            from += 12;
        }
    }

    private static ushort Unit(ReadOnlySpan<byte> escape) =>
        ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Text for messages to people: short, and free of control characters.</summary>
    public static string Show(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8.Length <= 40 ? utf8 : utf8[..40]);
        var shown = string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? '?' : from[i];
        });
        return utf8.Length <= 40 ? shown : shown + "…";
    }
}
