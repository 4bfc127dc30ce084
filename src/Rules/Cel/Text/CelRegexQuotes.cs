using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Writes <c>\Q…\E</c> of a pattern out, character by character, so that a repeat behind it concerns the last one only.</summary>
internal static class CelRegexQuotes
{
    public static string Expand(string pattern)
    {
        if (!pattern.Contains(@"\Q", StringComparison.Ordinal)) return pattern;
        var result = new StringBuilder();
        for (var at = 0; at < pattern.Length;)
        {
            var length = pattern[at] switch { '[' => ClassLength(pattern, at), '\\' => Math.Min(2, pattern.Length - at), _ => 1 };
            if (length == 2 && pattern[at + 1] == 'Q')
            {
                var end = pattern.IndexOf(@"\E", at + 2, StringComparison.Ordinal);
                Escape(pattern.AsSpan()[(at + 2)..(end < 0 ? pattern.Length : end)], result);
                at = end < 0 ? pattern.Length : end + 2;
                continue;
            }

            result.Append(pattern, at, length);
            at += length;
        }

        return result.ToString();
    }

    // Inside [ ] there is no quoting.
    private static int ClassLength(string pattern, int start)
    {
        var at = start + 1;
        if (at < pattern.Length && pattern[at] == '^') at++;
        if (at < pattern.Length && pattern[at] == ']') at++;
        while (at < pattern.Length && pattern[at] != ']')
        {
            var named = string.CompareOrdinal(pattern, at, "[:", 0, 2) == 0 ? pattern.IndexOf(":]", at, StringComparison.Ordinal) : -1;
            at = named > 0 ? named + 2 : at + (pattern[at] == '\\' ? 2 : 1);
        }

        return Math.Min(at + 1, pattern.Length) - start;
    }

    private static void Escape(ReadOnlySpan<char> text, StringBuilder to)
    {
        foreach (var c in text)
        {
            if (char.IsAscii(c) && char.IsPunctuation(c) | char.IsSymbol(c)) to.Append('\\');
            to.Append(c);
        }
    }
}
