using System.Collections.Concurrent;
using System.Globalization;

namespace Qualm.Rules.Cel;

/// <summary>Unicode's general categories by code point, and what of them lies beyond the basic plane.</summary>
internal static class CelAstral
{
    private const int First = 0x10000;
    private const int Last = 0x10FFFF;
    private const string Letters = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn";

    private static readonly ConcurrentDictionary<string, (int Low, int High)[]> Known = new(StringComparer.Ordinal);

    /// <param name="category">One letter or two, as in <c>L</c> and <c>Nd</c>.</param>
    public static bool Is(int code, string category) =>
        Letters.AsSpan(2 * (int)CharUnicodeInfo.GetUnicodeCategory(code), 2).StartsWith(category, StringComparison.Ordinal);

    /// <summary>Its ranges beyond the basic plane, in order.</summary>
    public static (int Low, int High)[] Of(string category) => Known.GetOrAdd(category, Find);

    private static (int Low, int High)[] Find(string category)
    {
        var ranges = new List<(int, int)>();
        var start = -1;
        for (var code = First; code <= Last + 1; code++)
        {
            var holds = code <= Last && Is(code, category);
            if (holds && start < 0) start = code;
            if (holds || start < 0) continue;
            ranges.Add((start, code - 1));
            start = -1;
        }

        return [.. ranges];
    }
}
