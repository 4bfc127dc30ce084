using System.Text.Unicode;

namespace Qualm.Ingest.Documents;

/// <summary>Tells text written for people from garbage.</summary>
internal static class Prose
{
    private const int LongestPreamble = 64 << 10;

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

    private static bool IsUnderline(ReadOnlySpan<byte> line) =>
        line.Length >= 3 && line[0] is (byte)'=' or (byte)'-' && !line.ContainsAnyExcept(line[0]);
}
