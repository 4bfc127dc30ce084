namespace Qualm.Rules.Syntax;

/// <summary>Finds what somebody probably meant to write.</summary>
internal static class Suggestion
{
    /// <returns>A hint that names the nearest candidate; null when none is near.</returns>
    public static string? For(string written, IEnumerable<string> candidates)
    {
        var nearest = Nearest(written, candidates);
        return nearest is null ? null : $"did you mean {nearest}?";
    }

    /// <returns>The candidate with the smallest distance, the ordinally first of equals; null when none is near.</returns>
    public static string? Nearest(string written, IEnumerable<string> candidates)
    {
        string? best = null;
        var limit = Math.Max(1, Math.Min(5, (written.Length + 2) / 3));
        var bestDistance = limit + 1;
        foreach (var candidate in candidates.Order(StringComparer.Ordinal))
        {
            var distance = Distance(Fold(written), Fold(candidate), bestDistance);
            if (distance >= bestDistance) continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    // Case and the choice between hyphen and underscore are the commonest slips: they cost nothing.
    private static string Fold(string text) => text.ToUpperInvariant().Replace('-', '_');

    // Edits of one character and swaps of neighbours (optimal string alignment).
    private static int Distance(string a, string b, int stopAt)
    {
        if (Math.Abs(a.Length - b.Length) >= stopAt) return stopAt;
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
