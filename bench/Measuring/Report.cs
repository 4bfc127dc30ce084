using System.Globalization;

namespace Qualm.Bench.Measuring;

/// <summary>The Markdown that a run prints: one table a section, written as soon as it is known.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<string> _notes = [];

    public void Section(string title, string limit)
    {
        Finish();
        output.WriteLine();
        output.WriteLine($"### {title}");
        output.WriteLine();
        output.WriteLine($"Limit: {limit}");
        output.WriteLine();
        output.WriteLine("| case | measured | limit | ratio, median (min–max) | asked | | allocated |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        output.Flush();
    }

    /// <param name="least">What the median of the ratio must reach; null when nothing is asked.</param>
    public void Row(string what, Contest contest, int side, double? least = null, int limit = 0) => Row(
        what,
        PerSecond(contest.Rate(side)),
        PerSecond(contest.Rate(limit)),
        contest.Ratio(side, limit),
        least is { } asked ? Text($"≥ {asked:0.00}") : null,
        least is null ? null : contest.Ratio(side, limit).Median >= least,
        Text($"{contest.Allocated(side):0.##} B"));

    public void Row(string what, string measured, string limit, Spread ratio, string? asked, bool? met, string allocated)
    {
        var verdict = met switch { true => "met", false => "not yet", null => "" };
        output.WriteLine($"| {what} | {measured} | {limit} | {ratio} | {asked} | {verdict} | {allocated} |");
        output.Flush();
    }

    /// <summary>A paragraph to stand under the table.</summary>
    public void Note(FormattableString text) => _notes.Add(Text(text));

    /// <summary>Ends the last section.</summary>
    public void Finish()
    {
        foreach (var note in _notes)
        {
            output.WriteLine();
            output.WriteLine(note);
        }

        _notes.Clear();
        output.Flush();
    }

    public static string PerSecond(double rate) => rate switch
    {
        >= 1e6 => Text($"{rate / 1e6:0.00} M/s"),
        >= 1e4 => Text($"{rate / 1e3:0} k/s"),
        >= 1e3 => Text($"{rate / 1e3:0.0} k/s"),
        _ => Text($"{rate:0} /s"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
