using System.Globalization;

namespace Qualm.Rules.Cel;

/// <summary>Timestamps of the years 0001 to 9999 and durations of about ±292 years, both to the nanosecond.</summary>
internal static class CelTime
{
    public const long NanosPerSecond = 1_000_000_000;

    // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    public static CelError? Timestamp(long seconds, long nanos, out CelValue value)
    {
        value = default;
        if (seconds is < MinSeconds or > MaxSeconds) return CelError.TimestampRange;
        value = CelValue.OfTimestamp(seconds, (int)nanos);
        return null;
    }

    public static CelError? Duration(Int128 nanos, out CelValue value)
    {
        value = default;
        if (nanos < long.MinValue || nanos > long.MaxValue) return CelError.DurationRange;
        value = CelValue.OfDuration((long)nanos);
        return null;
    }

    public static CelError? Add(CelValue timestamp, Int128 nanos, out CelValue value)
    {
        var sum = ((Int128)timestamp.Seconds * NanosPerSecond) + timestamp.Nanos + nanos;
        var seconds = sum / NanosPerSecond;
        var rest = sum % NanosPerSecond;
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + NanosPerSecond);
        return Timestamp((long)seconds, (long)rest, out value);
    }

    public static CelError? Between(CelValue later, CelValue earlier, out CelValue value) =>
        Duration((((Int128)later.Seconds - earlier.Seconds) * NanosPerSecond) + later.Nanos - earlier.Nanos, out value);

    /// <summary>RFC 3339 with any number of decimals; those past the ninth are cut off.</summary>
    public static CelError? ParseTimestamp(string text, out CelValue value)
    {
        value = default;
        var t = text.AsSpan();
        if (t.Length > 20 && t[4] != '-' && t.IndexOf('-') > 4) return CelError.TimestampRange;
        if (t.Length < 20 || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':'
            || !Digits(t[..4], out var year) || !Digits(t[5..7], out var month) || !Digits(t[8..10], out var day)
            || !Digits(t[11..13], out var hour) || !Digits(t[14..16], out var minute) || !Digits(t[17..19], out var second)
            || month is < 1 or > 12 || hour > 23 || minute > 59 || second > 59)
        {
            return NotATimestamp(text);
        }

        if (year == 0) return CelError.TimestampRange;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return NotATimestamp(text);
        t = t[19..];
        var nanos = 0L;
        if (t[0] is '.')
        {
            var end = 1;
            while (end < t.Length && char.IsAsciiDigit(t[end])) end++;
            if (end == 1) return NotATimestamp(text);
            for (var i = 1; i <= 9; i++) nanos = (nanos * 10) + (i < end ? t[i] - '0' : 0);
            t = t[end..];
        }

        if (!TryParseOffset(t, out var offset)) return NotATimestamp(text);
        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return Timestamp(((local.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) - offset, nanos, out value);
    }

    /// <summary>Numbers with units, as in <c>1h30m</c>, <c>-1.5s</c>, <c>10ms</c>; units are h m s ms us µs ns.</summary>
    public static CelError? ParseDuration(string text, out CelValue value)
    {
        value = default;
        var t = text.AsSpan();
        var negative = t is ['-', ..];
        if (t is ['-' or '+', ..]) t = t[1..];
        if (t is "0") return Duration(0, out value);
        if (t.IsEmpty) return NotADuration(text);
        Int128 total = 0;
        while (!t.IsEmpty)
        {
            if (!TryTakeAmount(ref t, out var whole, out var fraction, out var scale)) return NotADuration(text);
            var unit = TakeUnit(ref t);
            if (unit == 0) return NotADuration(text);
            total += (whole * unit) + (fraction * unit / scale);
            if (total > (Int128)long.MaxValue + 1) return CelError.DurationRange;
        }

        return Duration(negative ? -total : total, out value);
    }

    /// <summary>RFC 3339 in UTC with as many decimals as are not zero.</summary>
    public static string TimestampText(CelValue value) =>
        Date(value).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(value.Nanos) + "Z";

    /// <summary>Seconds with as many decimals as are not zero, e.g. <c>90.5s</c>.</summary>
    public static string DurationText(long nanos)
    {
        var seconds = nanos / NanosPerSecond;
        var rest = Math.Abs(nanos % NanosPerSecond);
        var sign = nanos < 0 && seconds == 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}{Fraction(rest)}s");
    }

    /// <summary>The date and whole second of a timestamp, in UTC.</summary>
    public static DateTime Date(CelValue value) => DateTime.UnixEpoch.AddTicks(value.Seconds * TimeSpan.TicksPerSecond);

    /// <summary>The date and whole second of a timestamp where the given zone is in force.</summary>
    /// <param name="zone">An IANA name, or an offset as in <c>+05:30</c>, <c>02:00</c>.</param>
    public static CelError? Date(CelValue value, string zone, out DateTime local)
    {
        var utc = Date(value);
        local = utc;
        TimeSpan offset;
        if (TryParseZoneOffset(zone, out var seconds)) offset = TimeSpan.FromSeconds(seconds);
        else if (IsZoneName(zone) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)) offset = found.GetUtcOffset(utc);
        else return new CelError($"unknown time zone '{zone}'");
        var ticks = utc.Ticks + offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return CelError.TimestampRange;
        local = new DateTime(ticks);
        return null;
    }

    // Names of the IANA database only: nothing that means another zone on another machine.
    private static bool IsZoneName(string zone) =>
        zone is [>= 'A' and <= 'Z', ..] && zone.Length <= 64 && zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '/');

    private static bool TryParseOffset(ReadOnlySpan<char> t, out long seconds)
    {
        seconds = 0;
        if (t is "Z") return true;
        return t is ['+' or '-', ..] && TryParseZoneOffset(t, out seconds);
    }

    private static bool TryParseZoneOffset(ReadOnlySpan<char> t, out long seconds)
    {
        seconds = 0;
        var negative = t is ['-', ..];
        if (t is ['-' or '+', ..]) t = t[1..];
        if (t.Length != 5 || t[2] != ':' || !Digits(t[..2], out var hours) || !Digits(t[3..], out var minutes) || hours > 23 || minutes > 59) return false;
        seconds = ((hours * 60) + minutes) * 60 * (negative ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryTakeAmount(ref ReadOnlySpan<char> t, out Int128 whole, out Int128 fraction, out Int128 scale)
    {
        (whole, fraction, scale) = (0, 0, 1);
        var any = false;
        while (t is [>= '0' and <= '9', ..])
        {
            // Beyond any range there is; kept from wrapping around.
            if (whole < (Int128)long.MaxValue) whole = (whole * 10) + (t[0] - '0');
            any = true;
            t = t[1..];
        }

        if (t is not ['.', ..]) return any;
        t = t[1..];
        while (t is [>= '0' and <= '9', ..])
        {
            if (scale < 1_000_000_000_000_000) (fraction, scale) = ((fraction * 10) + (t[0] - '0'), scale * 10);
            any = true;
            t = t[1..];
        }

        return any;
    }

    private static long TakeUnit(ref ReadOnlySpan<char> t)
    {
        var length = 0;
        while (length < t.Length && t[length] is not ((>= '0' and <= '9') or '.')) length++;
        var unit = t[..length];
        t = t[length..];
        return unit switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NanosPerSecond,
            "m" => 60 * NanosPerSecond,
            "h" => 3600 * NanosPerSecond,
            _ => 0,
        };
    }

    private static string Fraction(long nanos) =>
        nanos == 0 ? "" : "." + nanos.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');

    private static CelError NotATimestamp(string text) => new($"'{text}' is not a timestamp as in 2026-01-31T23:59:59Z");

    private static CelError NotADuration(string text) => new($"'{text}' is not a duration as in 1h30m or 500ms; units are h, m, s, ms, us and ns");
}
