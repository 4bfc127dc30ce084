using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Strings as sequences of code points, and values as text.</summary>
internal static class CelText
{
    /// <summary>Number of code points.</summary>
    public static int Size(string text)
    {
        var size = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                size--;
                i++;
            }
        }

        return size;
    }

    /// <summary>Number of code points of valid UTF-8.</summary>
    public static int Size(ReadOnlySpan<byte> utf8)
    {
        var size = 0;
        foreach (var b in utf8)
        {
            if ((b & 0xC0) != 0x80) size++;
        }

        return size;
    }

    /// <summary>Whether UTF-8 and UTF-16 spell the same text.</summary>
    public static bool Same(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length < text.Length) return false;
        if (Ascii.IsValid(utf8)) return utf8.Length == text.Length && Ascii.Equals(utf8, text);
        var at = 0;
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var left, out var bytes);
            if (at >= text.Length || !Rune.TryGetRuneAt(text, at, out var right) || left != right) return false;
            utf8 = utf8[bytes..];
            at += right.Utf16SequenceLength;
        }

        return at == text.Length;
    }

    /// <summary>Upper case for the letters a to z, the others as they are.</summary>
    public static string Upper(string text) =>
        text.AsSpan().ContainsAnyInRange('a', 'z') ? string.Create(text.Length, text, ToUpper) : text;

    /// <summary>Lower case for the letters A to Z, the others as they are.</summary>
    public static string Lower(string text) =>
        text.AsSpan().ContainsAnyInRange('A', 'Z') ? string.Create(text.Length, text, ToLower) : text;

    /// <param name="limit">The most parts there may be; negative for no limit. The last part holds the rest.</param>
    public static string[] Split(string text, string separator, long limit)
    {
        if (limit == 0) return [];
        var most = limit < 0 ? int.MaxValue : (int)Math.Min(limit, int.MaxValue);
        if (separator.Length > 0) return text.Split(separator, most);
        var parts = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            var length = parts.Count == most - 1 ? text.Length - at : RuneLength(text, at);
            parts.Add(text.Substring(at, length));
            at += length;
        }

        return [.. parts];
    }

    /// <param name="limit">How many to replace at most, from the left; negative for all.</param>
    public static string Replace(string text, string old, string with, long limit)
    {
        if (limit == 0) return text;
        if (limit < 0 && old.Length > 0) return text.Replace(old, with, StringComparison.Ordinal);
        var result = new StringBuilder();
        var at = 0;
        while (limit != 0)
        {
            var found = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : at;
            if (found < 0) break;
            result.Append(text, at, found - at).Append(with);
            at = found + old.Length;
            limit--;
            if (old.Length > 0) continue;
            if (at >= text.Length) return result.ToString();
            var length = RuneLength(text, at);
            result.Append(text, at, length);
            at += length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>A value for people. Inside lists and maps strings are quoted.</summary>
    public static string Display(CelValue value, bool quoteStrings)
    {
        switch (value.Kind)
        {
            case CelKind.String: return quoteStrings ? Quote(value.AsString) : value.AsString;
            case CelKind.Double: return Plain(value.AsDouble);
            case CelKind.List:
                return "[" + string.Join(", ", value.AsList.Items.ToArray().Select(v => Display(v, true))) + "]";
            case CelKind.Map:
                var map = value.AsMap;
                return "{" + string.Join(", ", map.Keys.ToArray().Zip(map.Values.ToArray(), (k, v) => $"{Display(k, true)}: {Display(v, true)}")) + "}";
            case CelKind.Bytes: return Convert.ToBase64String(value.AsBytes);
            case CelKind.Null: return "null";
            case CelKind.Type: return value.AsString;
            default: return CelConvert.Text(value);
        }
    }

    /// <summary>The shortest digits that give the number back, without an exponent where that stays short.</summary>
    public static string Plain(double value)
    {
        if (!double.IsFinite(value)) return CelConvert.Text(value);
        var size = Math.Abs(value);
        return size is 0 or (>= 1e-6 and < 1e16)
            ? value.ToString("0.#################", CultureInfo.InvariantCulture) is var text && double.Parse(text, CultureInfo.InvariantCulture) == value
                ? text
                : value.ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static string Quote(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    private static int RuneLength(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static void ToUpper(Span<char> to, string from)
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= 'a' and <= 'z' ? (char)(from[i] - 32) : from[i];
    }

    private static void ToLower(Span<char> to, string from)
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= 'A' and <= 'Z' ? (char)(from[i] + 32) : from[i];
    }
}
