using System.Globalization;
using System.Text;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>Writes metrics in Prometheus' text format 0.0.4, or as OpenMetrics 1.0.</summary>
internal static class MetricText
{
    public const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";

    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <param name="all">Families of one name, as several meters may have, are written as one.</param>
    public static string Write(IEnumerable<MetricSeries> all, bool openMetrics)
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var family in all.GroupBy(s => s.Name.Full, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            var samples = family.Where(s => s.Name == first.Name).SelectMany(s => s.Cells.Select(c => (Series: s, Cell: c))).DistinctBy(s => s.Cell.Labels).ToList();
            if (samples.Count == 0) continue;
            Head(text, first, openMetrics);
            foreach (var (series, cell) in samples) Sample(text, series, cell, openMetrics);
        }

        if (openMetrics) text.Append("# EOF\n");
        return text.ToString();
    }

    /// <param name="quotes">Whether it stands between quotes.</param>
    public static void Escape(StringBuilder text, string value, bool quotes)
    {
        foreach (var c in value)
        {
            switch (c)
            {
                case '\\':
                    text.Append(@"\\");
                    break;
                case '\n':
                    text.Append(@"\n");
                    break;
                case '"' when quotes:
                    text.Append("\\\"");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
    }

    private static void Head(StringBuilder text, MetricSeries series, bool openMetrics)
    {
        var name = openMetrics ? series.Name.Family : series.Name.Full;
        text.Append("# HELP ").Append(name).Append(' ');
        Escape(text, series.Help, quotes: openMetrics);
        text.Append("\n# TYPE ").Append(name).Append(' ').Append(KindOf(series.Name.Kind)).Append('\n');
        if (openMetrics && series.Name.Unit.Length > 0) text.Append("# UNIT ").Append(name).Append(' ').Append(series.Name.Unit).Append('\n');
    }

    private static void Sample(StringBuilder text, MetricSeries series, MetricCell cell, bool openMetrics)
    {
        if (series.Name.Kind != MetricKind.Histogram)
        {
            Line(text, series.Name.Full, cell.Labels, null, Number(cell.Sum));
            return;
        }

        var buckets = cell.Buckets;
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            Line(text, series.Name.Family + "_bucket", cell.Labels, i < series.Bounds.Count ? Bound(series.Bounds[i], openMetrics) : "+Inf", Number(count));
        }

        Line(text, series.Name.Family + "_sum", cell.Labels, null, Number(cell.Sum));
        Line(text, series.Name.Family + "_count", cell.Labels, null, Number(count));
    }

    private static void Line(StringBuilder text, string name, string labels, string? bound, string value)
    {
        text.Append(name);
        if (labels.Length > 0 || bound is not null)
        {
            text.Append('{').Append(labels);
            if (bound is not null) text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    // OpenMetrics wants bounds that cannot be taken for whole numbers.
    private static string Bound(double bound, bool openMetrics) =>
        Number(bound) is var text && openMetrics && double.IsInteger(bound) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text;

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string KindOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };
}
