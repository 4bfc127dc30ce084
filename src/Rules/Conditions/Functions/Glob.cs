using System.Text;

namespace Qualm.Rules.Conditions;

/// <summary>Patterns of <c>*</c> (any text) and <c>?</c> (one character); everything else stands for itself.</summary>
public static class Glob
{
    public static bool Matches(string text, string pattern) => Matches(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(pattern));

    /// <summary>Over UTF-8, without allocation; at worst length times length.</summary>
    public static bool Matches(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern)
    {
        var (t, p, star, retry) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = t;
            }
            else if (p < pattern.Length && pattern[p] == '?')
            {
                t += CharacterLength(text, t);
                p++;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                t++;
                p++;
            }
            else if (star >= 0)
            {
                // Only the last star need give more: an earlier one could not do better.
                p = star + 1;
                retry += CharacterLength(text, retry);
                t = retry;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static int CharacterLength(ReadOnlySpan<byte> text, int at)
    {
        var length = 1;
        while (at + length < text.Length && (text[at + length] & 0xC0) == 0x80) length++;
        return length;
    }
}
