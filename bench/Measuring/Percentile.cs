namespace Qualm.Bench.Measuring;

/// <summary>Percentiles of single measurements.</summary>
internal static class Percentile
{
    /// <param name="part">0 to 1.</param>
    public static double Of(IEnumerable<double> values, double part)
    {
        var ordered = values.Order().ToArray();
        return ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * part))];
    }
}
