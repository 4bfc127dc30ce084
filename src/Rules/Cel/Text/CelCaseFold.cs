using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Which characters are one letter in different cases, by Unicode's simple mappings: <c>k</c>, <c>K</c> and the sign of kelvin.</summary>
internal static class CelCaseFold
{
    // No letter beyond has cases.
    private const int LastWithCases = 0x1FFFF;

    private static readonly Lazy<Dictionary<int, int[]>> Orbits = new(Build);

    /// <summary>Each character that has others, and all of them, itself included.</summary>
    public static IEnumerable<KeyValuePair<int, int[]>> All => Orbits.Value;

    /// <summary>Empty when there are no others.</summary>
    public static int[] Of(int code) => Orbits.Value.GetValueOrDefault(code, []);

    private static Dictionary<int, int[]> Build()
    {
        var parts = new Dictionary<int, SortedSet<int>>();

        // Unicode's long s, which .NET leaves out as its upper case is an ASCII letter.
        Join(parts, 's', 'ſ');
        Join(parts, 's', 'S');
        for (var code = 0; code <= LastWithCases; code++)
        {
            if (!Rune.TryCreate(code, out var rune)) continue;
            foreach (var other in (int[])[Rune.ToUpperInvariant(rune).Value, Rune.ToLowerInvariant(rune).Value])
            {
                if (other != code) Join(parts, code, other);
            }
        }

        return parts.ToDictionary(p => p.Key, p => p.Value.ToArray());
    }

    private static void Join(Dictionary<int, SortedSet<int>> parts, int a, int b)
    {
        var all = new SortedSet<int>([a, b, .. parts.GetValueOrDefault(a) ?? [], .. parts.GetValueOrDefault(b) ?? []]);
        foreach (var code in all) parts[code] = all;
    }
}
