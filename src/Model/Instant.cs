using System.Globalization;

namespace Qualm.Model;

/// <summary>A point in time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds ignored.</summary>
/// <remarks>QEMU stamps its events with this resolution, and PostgreSQL's <c>timestamptz</c> keeps it.</remarks>
public readonly record struct Instant(long Micros) : IComparable<Instant>
{
    /// <summary>Microseconds in a second.</summary>
    public const long Second = 1_000_000;

    /// <summary>Length of <see cref="ToString"/>'s text for years 0001 to 9999, in characters.</summary>
    public const int TextLength = 27;

    public static readonly Instant Epoch;

    /// <summary>0001-01-01T00:00:00Z, the earliest time that can be written as a date.</summary>
    public static readonly Instant MinValue = FromDateTime(DateTime.MinValue);

    /// <summary>9999-12-31T23:59:59.999999Z, the latest time that can be written as a date.</summary>
    public static readonly Instant MaxValue = FromDateTime(DateTime.MaxValue);

    public static Instant From(DateTimeOffset time) => FromDateTime(time.UtcDateTime);

    /// <param name="seconds">Seconds since 1970.</param>
    /// <param name="microseconds">0 to 999,999.</param>
    public static Instant FromUnix(long seconds, long microseconds) => new(checked((seconds * Second) + microseconds));

    public DateTimeOffset ToDateTimeOffset() => new(DateTime.UnixEpoch.AddTicks(Micros * TimeSpan.TicksPerMicrosecond));

    public DateTime ToDateTime() => DateTime.UnixEpoch.AddTicks(Micros * TimeSpan.TicksPerMicrosecond);

    public static Instant operator +(Instant time, TimeSpan length) => new(time.Micros + (length.Ticks / TimeSpan.TicksPerMicrosecond));

    public static Instant operator -(Instant time, TimeSpan length) => new(time.Micros - (length.Ticks / TimeSpan.TicksPerMicrosecond));

    public static TimeSpan operator -(Instant later, Instant earlier) => TimeSpan.FromMicroseconds(later.Micros - earlier.Micros);

    public static bool operator <(Instant left, Instant right) => left.Micros < right.Micros;

    public static bool operator >(Instant left, Instant right) => left.Micros > right.Micros;

    public static bool operator <=(Instant left, Instant right) => left.Micros <= right.Micros;

    public static bool operator >=(Instant left, Instant right) => left.Micros >= right.Micros;

    public static Instant Max(Instant a, Instant b) => a.Micros >= b.Micros ? a : b;

    public static Instant Min(Instant a, Instant b) => a.Micros <= b.Micros ? a : b;

    public int CompareTo(Instant other) => Micros.CompareTo(other.Micros);

    /// <summary>RFC 3339 in UTC with all six decimals, e.g. <c>2026-01-01T00:00:00.000000Z</c>.</summary>
    public override string ToString() =>
        ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes the text of <see cref="ToString"/> as UTF-8 without allocating.</summary>
    /// <param name="utf8">At least <see cref="TextLength"/> bytes.</param>
    /// <returns>False when <paramref name="utf8"/> is too short.</returns>
    public bool TryFormat(Span<byte> utf8, out int written) =>
        ToDateTime().TryFormat(utf8, out written, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads RFC 3339 with any offset; digits past the microsecond are cut off.</summary>
    public static bool TryParse(string text, out Instant time)
    {
        var ok = DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed);
        time = ok ? From(parsed) : Epoch;
        return ok;
    }

    private static Instant FromDateTime(DateTime utc) =>
        new((utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
}
