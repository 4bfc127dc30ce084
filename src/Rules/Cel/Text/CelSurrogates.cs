using System.Globalization;
using System.Text;

namespace Qualm.Rules.Cel;

/// <summary>Writes sets of code points beyond the basic plane as patterns over pairs of UTF-16 units.</summary>
internal static class CelSurrogates
{
    private const int FirstLead = 0xD800;
    private const int FirstTrail = 0xDC00;
    private const int LastTrail = 0xDFFF;

    /// <param name="ranges">In order, apart from each other, all beyond U+FFFF.</param>
    /// <returns>Alternatives with nothing around them; empty for an empty set.</returns>
    public static string Write(IEnumerable<(int Low, int High)> ranges)
    {
        var trails = new SortedDictionary<int, StringBuilder>();
        foreach (var (low, high) in ranges)
        {
            var (first, last) = (Lead(low), Lead(high));
            for (var lead = first; lead <= last; lead++)
            {
                if (!trails.TryGetValue(lead, out var set)) trails[lead] = set = new StringBuilder();
                Append(set, lead == first ? Trail(low) : FirstTrail, lead == last ? Trail(high) : LastTrail);
            }
        }

        // Leads with the same trails go together, else a category would have a branch for each range.
        var branches = trails.GroupBy(t => t.Value.ToString(), t => t.Key, StringComparer.Ordinal).Select(g => $"[{Leads(g)}][{g.Key}]");
        return string.Join('|', branches);
    }

    private static string Leads(IEnumerable<int> leads)
    {
        var set = new StringBuilder();
        var run = (First: -1, Last: -1);
        foreach (var lead in leads)
        {
            if (lead != run.Last + 1)
            {
                if (run.First >= 0) Append(set, run.First, run.Last);
                run.First = lead;
            }

            run.Last = lead;
        }

        Append(set, run.First, run.Last);
        return set.ToString();
    }

    private static void Append(StringBuilder to, int low, int high) =>
        to.Append(CultureInfo.InvariantCulture, $@"\u{low:X4}").Append(high > low ? string.Create(CultureInfo.InvariantCulture, $@"-\u{high:X4}") : "");

    private static int Lead(int code) => FirstLead + ((code - 0x10000) >> 10);

    private static int Trail(int code) => FirstTrail + ((code - 0x10000) & 0x3FF);
}
