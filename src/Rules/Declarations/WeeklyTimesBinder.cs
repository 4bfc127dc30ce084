using System.Collections.Immutable;
using System.Globalization;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Declarations;

/// <summary>Makes weekly times of what is written under <c>intervals</c>.</summary>
internal sealed class WeeklyTimesBinder(DiagnosticBag bag)
{
    private static readonly ImmutableArray<string> Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <returns>Null when something is wrong with it.</returns>
    public WeeklyTimes? Bind(IntervalSyntax interval)
    {
        var errors = bag.Errors;
        var zone = Zone(interval.Zone);
        var stretches = interval.Weekly.SelectMany(Stretches).ToArray();
        return zone is null || bag.Errors > errors || stretches.Length == 0 ? null : new WeeklyTimes(zone, stretches);
    }

    private ZoneOffsets? Zone(Scalar? name)
    {
        if (name is null) return ZoneOffsets.Find("UTC");
        if (ZoneOffsets.Find(name.Value) is { } zone) return zone;
        bag.Error(Codes.UnknownZone, name.Span, $"unknown time zone '{name.Value}'", Suggestion.For(name.Value, ZoneOffsets.Ids()) ?? "write its name in the IANA database, e.g. Europe/Berlin");
        return null;
    }

    private IEnumerable<(int From, int To)> Stretches(IntervalSyntax.Times times)
    {
        var days = times.Days.IsEmpty ? Enumerable.Range(0, 7) : times.Days.SelectMany(Range).Distinct();
        var from = times.From is null ? 0 : TimeOfDay(times.From);
        var to = times.To is null ? WeeklyTimes.Day : TimeOfDay(times.To);
        if (from is not { } start || to is not { } end) return [];
        if (start == WeeklyTimes.Day) return Fault(times.From!, "a stretch cannot start at 24:00", "write 00:00 of the next day");
        if (start == end) return Fault(times.To ?? times.From!, "a stretch cannot end where it starts", "leave 'from' and 'to' out for whole days");

        // What ends before it starts ends on the day after.
        return [.. days.Select(d => ((d * WeeklyTimes.Day) + start, (d * WeeklyTimes.Day) + end + (end < start ? WeeklyTimes.Day : 0)))];
    }

    private (int, int)[] Fault(Scalar place, string message, string hint)
    {
        bag.Error(Codes.BadTimes, place.Span, message, hint);
        return [];
    }

    private IEnumerable<int> Range(Scalar text)
    {
        var parts = text.Value.Split('-');
        if (parts.Length > 2 || parts.Select(p => DayOf(p.Trim())).Any(d => d < 0))
        {
            var faulty = parts.FirstOrDefault(p => DayOf(p.Trim()) < 0)?.Trim() ?? text.Value;
            var words = Days.Concat(Days.Select(d => d[..3]));
            bag.Error(Codes.BadTimes, text.Span, $"'{text.Value}' is not a day of the week, or a range of them", Suggestion.For(faulty, words) ?? "write it as in mon, or mon-fri");
            return [];
        }

        var (first, last) = (DayOf(parts[0].Trim()), DayOf(parts[^1].Trim()));
        return Enumerable.Range(first, ((last - first + 7) % 7) + 1).Select(d => d % 7);
    }

    private static int DayOf(string word) => Days.ToList().FindIndex(d => d.Equals(word, StringComparison.OrdinalIgnoreCase) || d[..3].Equals(word, StringComparison.OrdinalIgnoreCase));

    // Seconds; null when it is none.
    private int? TimeOfDay(Scalar text)
    {
        var value = text.Value;
        if (value is [_, _, ':', _, _]
            && int.TryParse(value.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            && int.TryParse(value.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && minute < 60 && (hour < 24 || (hour == 24 && minute == 0)))
        {
            return (hour * 3600) + (minute * 60);
        }

        bag.Error(Codes.BadTimes, text.Span, $"'{value}' is not a time of day", "write it as in 08:00; the day ends at 24:00");
        return null;
    }
}
