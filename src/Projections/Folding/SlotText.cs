using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Qualm.Projections;

/// <summary>Decodes JSON strings that lie in an event's data. Cuts what is too long; never throws on odd input.</summary>
internal static class SlotText
{
    /// <summary>Longest text kept of one member, in UTF-16 units; what is longer is cut.</summary>
    public const int MaxLength = 256;

    /// <summary>Longest name of a part, in UTF-16 units; what is longer is cut.</summary>
    public const int MaxNameLength = 128;

    private const char Replacement = '\uFFFD';

    /// <param name="utf8">A JSON string without its quotes.</param>
    /// <param name="text">Takes the decoded text as far as it goes in.</param>
    /// <returns>UTF-16 units written.</returns>
    public static int Decode(ReadOnlySpan<byte> utf8, bool escaped, Span<char> text)
    {
        // Nearly all there is; the loop below is for the rest.
        if (!escaped && Ascii.ToUtf16(utf8, text, out var written) == OperationStatus.Done) return written;
        written = 0;
        while (!utf8.IsEmpty && written < text.Length)
        {
            var plain = escaped ? utf8.IndexOf((byte)'\\') : -1;
            if (plain < 0) plain = utf8.Length;
            Utf8.ToUtf16(utf8[..plain], text[written..], out var read, out var made);
            written += made;
            if (read < plain) break;
            utf8 = utf8[plain..];
            if (utf8.Length < 2 || written == text.Length) break;
            text[written++] = Unescape(ref utf8);
        }

        return escaped ? Mend(text[..written]) : written;
    }

    /// <summary>Takes one escape off the front.</summary>
    private static char Unescape(ref ReadOnlySpan<byte> utf8)
    {
        var kind = utf8[1];
        if (kind == (byte)'u' && utf8.Length >= 6)
        {
            var ok = ushort.TryParse(utf8.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit);
            utf8 = utf8[6..];
            return ok && unit != 0 ? (char)unit : Replacement;
        }

        utf8 = utf8[2..];
        return kind switch
        {
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'"' or (byte)'\\' or (byte)'/' => (char)kind,
            _ => Replacement,
        };
    }

    /// <summary>Replaces lone surrogates, which no document could hold; one cut off at the end is dropped.</summary>
    private static int Mend(Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            var last = i + 1 == text.Length;
            if (char.IsHighSurrogate(text[i]) && !last && char.IsLowSurrogate(text[i + 1])) i++;
            else if (last && char.IsHighSurrogate(text[i])) return i;
            else text[i] = Replacement;
        }

        return text.Length;
    }
}
