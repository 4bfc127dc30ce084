using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>Instants as PostgreSQL's <c>timestamptz</c> holds them.</summary>
internal static class PgTime
{
    /// <summary>Microseconds from 1970 to 2000, where PostgreSQL counts from.</summary>
    private const long Year2000 = 946_684_800_000_000;

    /// <summary>The very first and last instants would become <c>-infinity</c> and <c>infinity</c>.</summary>
    private static readonly Instant First = new(Instant.MinValue.Micros + 1);

    private static readonly Instant Last = new(Instant.MaxValue.Micros - 1);

    internal static long ToWire(Instant time) => Held(time).Micros - Year2000;

    internal static Instant FromWire(long micros) => micros switch
    {
        long.MinValue => Instant.MinValue,
        long.MaxValue => Instant.MaxValue,
        _ => new Instant(micros + Year2000),
    };

    internal static DateTime ToParameter(Instant time) => DateTime.SpecifyKind(Held(time).ToDateTime(), DateTimeKind.Utc);

    internal static DateTime Now(TimeProvider time) => ToParameter(Instant.From(time.GetUtcNow()));

    internal static Instant FromColumn(DateTime time) => Instant.From(new DateTimeOffset(time));

    private static Instant Held(Instant time) => Instant.Max(First, Instant.Min(Last, time));
}
