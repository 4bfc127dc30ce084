using System.Security.Cryptography;
using System.Text;

namespace Qualm.Store.Writing;

/// <summary>How texts that PostgreSQL cannot hold as they are go into the tables.</summary>
/// <remarks>
/// NUL, which no <c>text</c> can hold, and lone surrogates, which UTF-8 cannot, become U+FFFD. A stream's name beyond
/// <see cref="MaxStreamBytes"/> bytes, which the index could not hold, is cut and ends in <c>~</c> and 32 hex digits of the SHA-256 of the whole name.
/// </remarks>
public static class StoredText
{
    public const int MaxStreamBytes = 1000;

    /// <summary>Characters of an event type that are kept.</summary>
    public const int MaxType = 500;

    private const int HashChars = 33;

    /// <summary>The name under which a stream stands in the tables. Giving it a stored name changes nothing.</summary>
    public static string Stream(string name)
    {
        var clean = Clean(name);
        if (clean.Length <= MaxStreamBytes / 3 || Encoding.UTF8.GetByteCount(clean) <= MaxStreamBytes) return clean;
        var bytes = Encoding.UTF8.GetBytes(clean);
        var end = MaxStreamBytes - HashChars;
        while ((bytes[end] & 0xC0) == 0x80) end--;
        return string.Concat(
            Encoding.UTF8.GetString(bytes, 0, end), "~", Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)));
    }

    internal static string Type(string type)
    {
        var clean = Clean(type);
        if (clean.Length <= MaxType) return clean;
        return clean[..(char.IsHighSurrogate(clean[MaxType - 1]) ? MaxType - 1 : MaxType)];
    }

    internal static string Clean(string text)
    {
        var bad = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 || text.Contains('\0', StringComparison.Ordinal);
        if (!bad) return text;
        var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return clean.Replace('\0', '\uFFFD');
    }
}
