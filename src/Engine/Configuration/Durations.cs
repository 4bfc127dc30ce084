using System.Globalization;
using System.Text.RegularExpressions;

namespace Qualm.Engine.Configuration;

/// <summary>Lengths of time as in Prometheus: <c>1d2h30m10s500ms</c>, units falling.</summary>
public static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan length)
    {
        length = TimeSpan.Zero;
        var match = Form().Match(text);
        if (!match.Success || text.Length == 0) return false;
        double[] unit = [7 * 86400, 86400, 3600, 60, 1, 0.001];
        var seconds = 0.0;
        for (var i = 0; i < unit.Length; i++)
        {
            if (match.Groups[i + 1] is { Success: true } part) seconds += unit[i] * double.Parse(part.ValueSpan, CultureInfo.InvariantCulture);
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2) return false;
        length = TimeSpan.FromMilliseconds((long)Math.Round(seconds * 1000));
        return true;
    }

    [GeneratedRegex(@"^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
