using System.Globalization;
using System.Text;

namespace Qualm.Rules.Syntax;

/// <summary>Lengths of time as Prometheus writes them: <c>1d2h30m10s500ms</c>, units in falling order, each at most once.</summary>
public static class Durations
{
    private static readonly (string Unit, long Micros)[] Units =
    [
        ("y", 365L * 86_400_000_000), ("w", 7L * 86_400_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000),
        ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000),
    ];

    /// <returns>False for what is no length, or none that can be counted in microseconds; <paramref name="length"/> is then of no use.</returns>
    public static bool TryParse(string text, out TimeSpan length)
    {
        length = TimeSpan.Zero;
        if (text == "0") return true;
        var (at, next, total) = (0, 0, 0L);
        while (at < text.Length)
        {
            var digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (!long.TryParse(text.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            var letters = at;
            while (at < text.Length && char.IsAsciiLetterLower(text[at])) at++;
            var unit = Array.FindIndex(Units, u => text.AsSpan(letters, at - letters).SequenceEqual(u.Unit));
            if (unit < next || number > long.MaxValue / 10 / Units[unit].Micros) return false;
            total += number * Units[unit].Micros;
            if (total < 0 || total > TimeSpan.MaxValue.Ticks / 10) return false;
            next = unit + 1;
        }

        length = TimeSpan.FromMicroseconds(total);
        return text.Length > 0;
    }

    /// <summary>The shortest text that reads back as the same length.</summary>
    public static string Format(TimeSpan length)
    {
        var rest = length.Ticks / TimeSpan.TicksPerMicrosecond;
        if (rest == 0) return "0s";
        var text = new StringBuilder();
        foreach (var (unit, micros) in Units.AsSpan(2))
        {
            if (rest < micros) continue;
            text.Append(CultureInfo.InvariantCulture, $"{rest / micros}{unit}");
            rest %= micros;
        }

        return text.ToString();
    }
}
