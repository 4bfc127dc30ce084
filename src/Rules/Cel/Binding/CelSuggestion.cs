namespace Qualm.Rules.Cel;

/// <summary>Guesses what was meant by a name that does not exist.</summary>
internal static class CelSuggestion
{
    /// <summary>A sentence naming the nearest known name, or null when none is near.</summary>
    public static string? For(string written, IEnumerable<string> known)
    {
        var limit = Math.Max(1, Math.Min(3, written.Length / 2));
        var best = known.Where(k => k.Length > 0)
            .Select(k => (Name: k, Distance: Distance(written, k)))
            .Where(c => c.Distance <= limit)
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name is null ? null : $"did you mean {best.Name}?";
    }

    /// <summary>Letters to add, drop, change or swap with their neighbour; case and hyphens do not count.</summary>
    public static int Distance(string a, string b)
    {
        (a, b) = (Normal(a), Normal(b));
        if (Math.Abs(a.Length - b.Length) > 8 || a.Length > 128) return int.MaxValue;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        }

        return rows[a.Length, b.Length];
    }

    private static string Normal(string text) => text.Replace('-', '_').ToLowerInvariant();
}
