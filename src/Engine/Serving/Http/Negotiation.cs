using System.Globalization;

namespace Qualm.Engine.Serving.Http;

/// <summary>What a scraper would rather have.</summary>
internal static class Negotiation
{
    /// <param name="accept">The header; null when there is none.</param>
    /// <returns>Whether OpenMetrics is asked for, and not less than Prometheus' text.</returns>
    public static bool WantsOpenMetrics(string? accept)
    {
        if (accept is null) return false;
        var (open, plain) = (0.0, 0.0);
        foreach (var range in accept.Split(','))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var weight = 1.0;
            foreach (var part in parts.AsSpan(1))
            {
                if (part.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) weight = double.TryParse(part.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0;
            }

            if (parts[0].Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)) open = Math.Max(open, weight);
            else if (parts[0] is "text/plain" or "text/*" or "*/*") plain = Math.Max(plain, weight);
        }

        return open > 0 && open >= plain;
    }
}
