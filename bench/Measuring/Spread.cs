namespace Qualm.Bench.Measuring;

/// <summary>Repeated measurements of one thing.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <param name="values">At least one.</param>
    public static Spread Of(IEnumerable<double> values)
    {
        var ordered = values.Order().ToArray();
        var middle = ordered.Length / 2;
        var median = ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
        return new Spread(median, ordered[0], ordered[^1]);
    }

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Median:0.00} ({Min:0.00}–{Max:0.00})");
}
