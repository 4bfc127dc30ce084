using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Qualm.Model;

namespace Qualm.Rules.Declarations;

/// <summary>The offsets of one time zone from 1970 to 2100, taken from the machine's zone data once and fixed from then on. Immutable.</summary>
/// <remarks>Before and after, the first and the last offset stand in.</remarks>
internal sealed class ZoneOffsets
{
    private const int FirstYear = 1970;
    private const int EndYear = 2100;

    private static readonly ConcurrentDictionary<string, ZoneOffsets> Known = new(StringComparer.Ordinal);

    // Parallel: from that second on, that many seconds are added to UTC.
    private readonly ImmutableArray<long> _starts;
    private readonly ImmutableArray<int> _offsets;

    private ZoneOffsets(string id, ImmutableArray<long> starts, ImmutableArray<int> offsets)
    {
        Id = id;
        _starts = starts;
        _offsets = offsets;
        var text = string.Join('\n', starts.Zip(offsets, (s, o) => string.Create(CultureInfo.InvariantCulture, $"{s} {o}")));
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..12];
    }

    /// <summary>In the IANA database.</summary>
    public string Id { get; }

    /// <summary>Equal digests mean equal offsets.</summary>
    public string Digest { get; }

    /// <returns>Null when the machine knows no zone of this name.</returns>
    public static ZoneOffsets? Find(string id)
    {
        if (Known.TryGetValue(id, out var known)) return known;
        return Load(id) is { } zone ? Known.GetOrAdd(id, Read(id, zone)) : null;
    }

    /// <summary>Names of all zones that the machine lists.</summary>
    public static IEnumerable<string> Ids() => TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Append("UTC");

    /// <summary>Seconds to add to UTC.</summary>
    /// <param name="second">Since 1970.</param>
    public int At(long second)
    {
        var index = _starts.BinarySearch(second);
        return _offsets[index >= 0 ? index : Math.Max(0, ~index - 1)];
    }

    private static TimeZoneInfo? Load(string id)
    {
        // Names without a meaning of their own, and clocks that count leap seconds.
        var allowed = id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '/') && id.Length > 0 && char.IsAsciiLetterUpper(id[0]) && id is not ("Factory" or "Local");
        if (!allowed) return null;
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(id) is { HasIanaId: true } zone ? zone : null;
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }

    // No zone changes its offset twice within a day.
    private static ZoneOffsets Read(string id, TimeZoneInfo zone)
    {
        var starts = ImmutableArray.CreateBuilder<long>();
        var offsets = ImmutableArray.CreateBuilder<int>();
        var (day, end) = (SecondOf(FirstYear), SecondOf(EndYear));
        starts.Add(day);
        offsets.Add(OffsetAt(zone, day));
        for (var next = day + 86_400; next <= end; day = next, next += 86_400)
        {
            var offset = OffsetAt(zone, next);
            if (offset == offsets[^1]) continue;
            starts.Add(Turn(zone, day, next, offset));
            offsets.Add(offset);
        }

        return new ZoneOffsets(id, starts.ToImmutable(), offsets.ToImmutable());
    }

    // The first second of the later offset.
    private static long Turn(TimeZoneInfo zone, long before, long after, int offset)
    {
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (OffsetAt(zone, middle) == offset) after = middle;
            else before = middle;
        }

        return after;
    }

    private static long SecondOf(int year) => Instant.From(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)).Micros / Instant.Second;

    private static int OffsetAt(TimeZoneInfo zone, long second) => (int)zone.GetUtcOffset(Instant.FromUnix(second, 0).ToDateTime()).TotalSeconds;
}
