using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>The raw bytes between the quotes of a JSON string, decoded leniently: lone surrogates become U+FFFD.</summary>
internal static class JsonEscapes
{
    public static string Decode(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0) plain = raw.Length;
            text.Append(Encoding.UTF8.GetString(raw[..plain]));
            raw = raw[plain..];
            if (raw.Length < 2) break;
            var escape = (char)raw[1];
            raw = raw[2..];
            if (escape == 'u' && raw.Length >= 4 && ushort.TryParse(raw[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                text.Append((char)unit);
                raw = raw[4..];
            }
            else
            {
                text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
            }
        }

        Mend(text);
        return text.ToString();
    }

    private static void Mend(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) text[i] = '\uFFFD';
        }
    }
}
