using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>All series of one instrument. Beyond a bound they are one, so that what names a label cannot use up memory.</summary>
internal sealed class MetricSeries
{
    /// <summary>So many series an instrument has; the rest share the one labelled <see cref="Overflow"/>.</summary>
    public const int Most = 2_000;

    /// <summary>What OpenTelemetry calls it.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>For times: from a commit on a fast disk to one that stalls.</summary>
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<string, MetricCell> _cells = new(StringComparer.Ordinal);
    private readonly double[]? _bounds;
    private MetricCell? _plain;

    public MetricSeries(Instrument instrument)
    {
        Name = MetricName.Of(instrument);
        Help = instrument.Description ?? "";
        _bounds = Name.Kind != MetricKind.Histogram ? null
            : instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised } ? [.. advised]
            : Seconds;
    }

    public MetricName Name { get; }

    public string Help { get; }

    public IReadOnlyList<double> Bounds => _bounds ?? [];

    /// <summary>In the order of their labels.</summary>
    public IEnumerable<MetricCell> Cells => (_plain is { } plain ? _cells.Values.Append(plain) : _cells.Values).OrderBy(c => c.Labels, StringComparer.Ordinal);

    public MetricCell Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return _plain ?? Interlocked.CompareExchange(ref _plain, new MetricCell("", _bounds), null) ?? _plain;
        var labels = Labels(tags);
        if (_cells.TryGetValue(labels, out var cell)) return cell;
        return _cells.Count < Most
            ? _cells.GetOrAdd(labels, static (l, bounds) => new MetricCell(l, bounds), _bounds)
            : _cells.GetOrAdd(Overflow, static (l, bounds) => new MetricCell(l, bounds), _bounds);
    }

    /// <summary>Forgets all series: those that are there still will be observed again.</summary>
    public void Clear()
    {
        _plain = null;
        _cells.Clear();
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(MetricName.Clean(name)).Append("=\"");
            MetricText.Escape(text, value is IFormattable number ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString() ?? "", quotes: true);
            text.Append('"');
        }

        return text.ToString();
    }
}
