using System.Collections.Immutable;
using System.Globalization;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Declarations;

/// <summary>Stretches of every week by the clocks of one zone: what they show decides, so an hour that they show twice is in twice. Immutable.</summary>
internal sealed class WeeklyTimes : IInterval
{
    public const int Day = 86_400;
    public const int Week = 7 * Day;

    // 1970-01-01 was a Thursday.
    private const int FirstDay = 3 * Day;

    private static readonly ImmutableArray<string> Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly ImmutableArray<(int From, int To)> _stretches;

    /// <param name="stretches">In seconds from Monday, 00:00; the end is out, and may lie past the week.</param>
    public WeeklyTimes(ZoneOffsets zone, IEnumerable<(int From, int To)> stretches)
    {
        Zone = zone;
        _stretches = Merged(stretches);
    }

    public ZoneOffsets Zone { get; }

    public bool Contains(Instant time)
    {
        var second = Floor(time.Micros, Instant.Second);
        var local = second + Zone.At(second) + FirstDay;
        var at = (int)(local - (Floor(local, Week) * Week));
        foreach (var (from, to) in _stretches)
        {
            if (at < from) return false;
            if (at < to) return true;
        }

        return false;
    }

    /// <summary>Equal for intervals that hold the same times.</summary>
    public override string ToString() => $"{string.Join(", ", _stretches.Select(s => $"{Name(s.From)} to {Name(s.To)}"))} in {Zone.Id} ({Zone.Digest})";

    // In order, none touching another.
    private static ImmutableArray<(int From, int To)> Merged(IEnumerable<(int From, int To)> stretches)
    {
        var parts = stretches.SelectMany(s => s.To <= Week ? (IEnumerable<(int From, int To)>)[s] : [(s.From, Week), (0, s.To - Week)]);
        var merged = new List<(int From, int To)>();
        foreach (var part in parts.Where(p => p.To > p.From).Order())
        {
            if (merged.Count > 0 && part.From <= merged[^1].To) merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, part.To));
            else merged.Add(part);
        }

        return [.. merged];
    }

    private static string Name(int second)
    {
        var day = Math.Min(second / Day, 6);
        return string.Create(CultureInfo.InvariantCulture, $"{Days[day]} {(second - (day * Day)) / 3600:00}:{second / 60 % 60:00}");
    }

    private static long Floor(long value, long unit) => value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}
