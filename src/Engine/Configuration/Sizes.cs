using System.Globalization;

namespace Qualm.Engine.Configuration;

/// <summary>Numbers of bytes: <c>1GiB</c>, <c>500MB</c>, <c>1048576</c>.</summary>
public static class Sizes
{
    private static readonly (string Suffix, long Unit)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        var (suffix, unit) = Units.FirstOrDefault(u => text.EndsWith(u.Suffix, StringComparison.Ordinal));
        var digits = suffix is null ? text : text[..^suffix.Length].TrimEnd(' ');
        bytes = 0;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        var scale = suffix is null ? 1 : unit;
        if (count > long.MaxValue / scale) return false;
        bytes = count * scale;
        return true;
    }
}
