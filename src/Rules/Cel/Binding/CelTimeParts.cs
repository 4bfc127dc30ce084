namespace Qualm.Rules.Cel;

/// <summary>The functions that take a timestamp or duration apart.</summary>
internal static class CelTimeParts
{
    /// <summary>By the function's name: the part of a local date, and of the nanoseconds beside it.</summary>
    public static readonly (string Name, Func<DateTime, int, long> Part)[] OfTimestamp =
    [
        ("getFullYear", static (date, _) => date.Year),
        ("getMonth", static (date, _) => date.Month - 1),
        ("getDate", static (date, _) => date.Day),
        ("getDayOfMonth", static (date, _) => date.Day - 1),
        ("getDayOfWeek", static (date, _) => (long)date.DayOfWeek),
        ("getDayOfYear", static (date, _) => date.DayOfYear - 1),
        ("getHours", static (date, _) => date.Hour),
        ("getMinutes", static (date, _) => date.Minute),
        ("getSeconds", static (date, _) => date.Second),
        ("getMilliseconds", static (_, nanos) => nanos / 1_000_000),
    ];

    public static readonly string[] OfDuration = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"];

    /// <summary>Also serves durations that were not known to be such before.</summary>
    public static CelFunction1 InUtc(Func<DateTime, int, long> part)
    {
        var name = OfTimestamp.First(p => p.Part == part).Name;
        var duration = OfDuration.Contains(name) ? Of(name) : null;
        return (value, out result) =>
        {
            result = default;
            if (value.Kind == CelKind.Duration && duration is not null) return duration(value, out result);
            if (value.Kind != CelKind.Timestamp) return CelError.NoSuchOverload;
            result = CelValue.Of(part(CelTime.Date(value), value.Nanos));
            return null;
        };
    }

    public static CelFunction2 InZone(Func<DateTime, int, long> part) => (value, zone, out result) =>
    {
        result = default;
        if (value.Kind != CelKind.Timestamp || zone.Kind != CelKind.String) return CelError.NoSuchOverload;
        var error = CelTime.Date(value, zone.AsString, out var local);
        if (error is null) result = CelValue.Of(part(local, value.Nanos));
        return error;
    };

    /// <summary>A whole duration in hours, minutes or seconds, but its milliseconds past the second.</summary>
    public static CelFunction1 Of(string name)
    {
        var unit = name switch { "getHours" => 3_600_000_000_000, "getMinutes" => 60_000_000_000, "getSeconds" => CelTime.NanosPerSecond, _ => 1_000_000L };
        return (value, out result) =>
        {
            result = default;
            if (value.Kind != CelKind.Duration) return CelError.NoSuchOverload;
            result = CelValue.Of(name == "getMilliseconds" ? value.DurationNanos / unit % 1000 : value.DurationNanos / unit);
            return null;
        };
    }
}
