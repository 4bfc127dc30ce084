using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Qualm.Store.Chain;

/// <summary>Number and hash of a link. Noted elsewhere, it proves that everything up to it is what it was.</summary>
/// <param name="Hash">In lower-case hex.</param>
public sealed record ChainHead(long Link, string Hash)
{
    private const int HexDigits = 64;

    /// <summary>Reads <c>NUMBER:HASH</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ChainHead? head)
    {
        head = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var link)) return false;
        var hash = text[(colon + 1)..].Trim().ToLowerInvariant();
        if (hash.Length != HexDigits || !hash.All(char.IsAsciiHexDigit)) return false;
        head = new ChainHead(link, hash);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Link}:{Hash}");
}
