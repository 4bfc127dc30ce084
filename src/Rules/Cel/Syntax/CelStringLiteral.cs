using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Reads string and bytes literals: quotes of one or three, raw or with escapes.</summary>
internal static class CelStringLiteral
{
    /// <param name="start">Where the literal begins, its prefix included.</param>
    /// <param name="prefix">Letters before the quote.</param>
    public static CelValue Read(string text, int start, int prefix, bool raw, bool bytes, out int end, out CelDiagnostic? fault)
    {
        var at = start + prefix;
        var quote = text[at];
        var triple = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
        var close = new string(quote, triple ? 3 : 1);
        at += close.Length;
        var chars = new StringBuilder();
        var octets = new List<byte>();
        end = text.Length;
        while (true)
        {
            if (at >= text.Length || (!triple && text[at] is '\n' or '\r'))
            {
                fault = new CelDiagnostic(new CelSpan(start, Math.Max(1, at - start)), "a string is not closed", $"close it with {close}");
                return default;
            }

            if (string.CompareOrdinal(text, at, close, 0, close.Length) == 0) break;
            if (text[at] == '\\' && !raw)
            {
                if (!TryReadEscape(text, ref at, bytes, out var code, out var isOctet, out fault)) return default;
                if (isOctet) octets.Add((byte)code);
                else Add(chars, octets, bytes, new Rune(code));
                continue;
            }

            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                fault = new CelDiagnostic(new CelSpan(at, 1), "half of a surrogate pair");
                return default;
            }

            Add(chars, octets, bytes, rune);
            at += rune.Utf16SequenceLength;
        }

        end = at + close.Length;
        fault = null;
        return bytes ? CelValue.OfBytes([.. octets]) : CelValue.Of(chars.ToString());
    }

    private static bool TryReadEscape(string text, ref int at, bool bytes, out int code, out bool isOctet, out CelDiagnostic? fault)
    {
        var start = at;
        var letter = at + 1 < text.Length ? text[at + 1] : '\0';
        (code, isOctet, fault) = (0, false, null);
        at += 2;
        var digits = letter switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, >= '0' and <= '3' => 3, _ => 0 };
        if (digits == 0)
        {
            code = letter switch
            {
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => 10,
                'r' => 13,
                't' => 9,
                'v' => 11,
                '\\' or '?' or '"' or '\'' or '`' => letter,
                _ => -1,
            };
            if (code >= 0) return true;
            fault = new CelDiagnostic(new CelSpan(start, Math.Min(2, text.Length - start)), "unknown escape in a string", "write \\\\ for a backslash, or r'…' for a raw string");
            return false;
        }

        var octal = digits == 3;
        if (octal) at--;
        isOctet = bytes && (octal || digits == 2);
        var ok = at + digits <= text.Length && (octal ? TryOctal(text.AsSpan(at, digits), out code)
            : int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code));
        if (ok && (isOctet || Rune.IsValid(code)))
        {
            at += digits;
            return true;
        }

        fault = new CelDiagnostic(new CelSpan(start, Math.Min(at + digits, text.Length) - start), ok ? "an escape that is no character" : "an escape needs more digits",
            octal ? "three octal digits" : $"\\{letter} takes {digits} hexadecimal digits");
        return false;
    }

    private static bool TryOctal(ReadOnlySpan<char> digits, out int code)
    {
        code = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') return false;
            code = (code * 8) + digit - '0';
        }

        return true;
    }

    private static void Add(StringBuilder chars, List<byte> octets, bool bytes, Rune rune)
    {
        if (bytes)
        {
            Span<byte> utf8 = stackalloc byte[4];
            octets.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        }
        else
        {
            chars.Append(rune.ToString());
        }
    }
}
