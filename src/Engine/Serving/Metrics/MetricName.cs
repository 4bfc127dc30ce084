using System.Diagnostics.Metrics;
using System.Text;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>An instrument's name, unit and kind as Prometheus has them: units spelled out, dots made underscores.</summary>
/// <param name="Family">Without <c>_total</c>.</param>
/// <param name="Unit">Empty for things that are counted.</param>
internal readonly record struct MetricName(string Family, string Unit, MetricKind Kind)
{
    /// <summary>The name by which samples are found.</summary>
    public string Full => Kind == MetricKind.Counter ? Family + "_total" : Family;

    public static MetricName Of(Instrument instrument)
    {
        var kind = KindOf(instrument);
        var unit = UnitOf(instrument.Unit, kind);
        var name = Clean(instrument.Name);
        if (kind == MetricKind.Counter && name.EndsWith("_total", StringComparison.Ordinal)) name = name[..^"_total".Length];
        return new MetricName(unit.Length == 0 || name.EndsWith("_" + unit, StringComparison.Ordinal) ? name : $"{name}_{unit}", unit, kind);
    }

    /// <summary>A name of a label: letters, digits and underscores.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var c in name) clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (clean.Length == 0 || char.IsAsciiDigit(clean[0])) clean.Insert(0, '_');
        return clean.ToString();
    }

    // The runtime publishes these as counters, and they go up and down.
    private static bool IsMistaken(string name) => name is "dotnet.thread_pool.thread.count" or "dotnet.thread_pool.queue.length";

    private static MetricKind KindOf(Instrument instrument)
    {
        if (IsMistaken(instrument.Name)) return MetricKind.Gauge;
        var type = instrument.GetType();
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (open == typeof(Counter<>) || open == typeof(ObservableCounter<>)) return MetricKind.Counter;
        return open == typeof(Histogram<>) ? MetricKind.Histogram : MetricKind.Gauge;
    }

    private static string UnitOf(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" => kind == MetricKind.Gauge ? "ratio" : "",
        _ when unit[0] == '{' => "",
        _ => Clean(unit),
    };
}
