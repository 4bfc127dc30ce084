using System.Diagnostics.Metrics;

namespace Qualm.Engine.Spooling;

/// <summary>What the spool measures, meter <c>Qualm.Engine</c>.</summary>
internal sealed class SpoolMetrics
{
    private readonly Counter<long> _spooled;
    private readonly Counter<long> _disconnects;
    private readonly Counter<long> _damaged;
    private volatile Func<(long Inputs, long Bytes, double Age)>? _read;

    public SpoolMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Qualm.Engine");
        _spooled = meter.CreateCounter<long>("qualm.spool.inputs", "{input}", "Inputs that went to the spool.");
        _disconnects = meter.CreateCounter<long>("qualm.spool.disconnects", "{connection}", "Monitors disconnected because the spool was full.");
        _damaged = meter.CreateCounter<long>("qualm.spool.damaged", "{segment}", "Segments of the spool that were found damaged and put aside.");
        meter.CreateObservableGauge("qualm.spool.waiting", () => Now().Inputs, "{input}", "Inputs in the spool.");
        meter.CreateObservableGauge("qualm.spool.size", () => Now().Bytes, "By", "Size of the spool.");
        meter.CreateObservableGauge("qualm.spool.age", () => Now().Age, "s", "Age of the oldest input in the spool.");
    }

    /// <summary>Has the gauges read from there.</summary>
    public void Watch(Func<(long Inputs, long Bytes, double Age)> read) => _read = read;

    public void Spooled(int inputs) => _spooled.Add(inputs);

    public void Disconnected(int monitors) => _disconnects.Add(monitors);

    public void Damaged() => _damaged.Add(1);

    private (long Inputs, long Bytes, double Age) Now() => _read?.Invoke() ?? default;
}
