using System.Text.Unicode;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Documents;

/// <summary>Tells text written for people from garbage.</summary>
internal static class Prose
{
    private const int LongestPreamble = 64 << 10;
    private const int LongestMarker = 3;

    /// <summary>
    /// Whether a file is a document with examples in it: what stands before its first line of JSON is text, and has a blank line
    /// or an underline in it.
    /// </summary>
    /// <param name="head">The file from its first byte that is no white space.</param>
    /// <returns>Null when more bytes are needed to tell.</returns>
    public static bool? IsDocument(ReadOnlySpan<byte> head, bool final)
    {
        while (true)
        {
            var newline = head.IndexOf((byte)'\n');
            if (newline < 0 && !final) return head.Length > LongestPreamble ? false : null;
            var line = (newline < 0 ? head : head[..newline]).Trim(" \t\r"u8);
            if (line.IsEmpty) return newline >= 0;
            if (line[0] is (byte)'{' or (byte)'[' || !IsText(line)) return false;
            if (IsUnderline(line)) return true;
            if (newline < 0) return false;
            head = head[(newline + 1)..];
        }
    }

    /// <summary>Whether a line is text: UTF-8 without control characters.</summary>
    public static bool IsText(ReadOnlySpan<byte> line)
    {
        foreach (var b in line)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\r' or (byte)'\f')) return false;
        }

        return Utf8.IsValid(line);
    }

    /// <summary>
    /// Where on a line of other text a JSON object begins; -1 when none does. Prose speaks of braces too, so there only a short
    /// marker such as <c>&lt;-</c> may stand before it.
    /// </summary>
    public static int JsonStart(ReadOnlySpan<byte> line, bool prose)
    {
        for (var from = 1; from < line.Length;)
        {
            var skip = line[from..].IndexOf((byte)'{');
            if (skip < 0) return -1;
            var at = from + skip;
            if (prose && line[..at].TrimEnd((byte)' ').Length > LongestMarker) return -1;
            var behind = line[(at + 1)..].TrimStart(" \t"u8);
            if (!behind.IsEmpty && behind[0] == '"') return at;
            from = at + 1;
        }

        return -1;
    }

    /// <summary>What to tell the operator about text that is neither JSON nor prose.</summary>
    public static string WhyGarbage(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAnyExcept((byte)0)) return "NUL bytes, as a crash leaves behind";
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return "not UTF-8: convert the file from UTF-16";
        return IsText(text) ? $"not JSON: '{{' expected before '{JsonText.Show(text)}'" : "not JSON: binary";
    }

    private static bool IsUnderline(ReadOnlySpan<byte> line) =>
        line.Length >= 3 && line[0] is (byte)'=' or (byte)'-' && !line.ContainsAnyExcept(line[0]);
}
