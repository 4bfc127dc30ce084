using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>Listens to the meters of the program and of the runtime, and writes down what they say when it is asked.</summary>
internal sealed class MetricReader : IDisposable
{
    private const string Ours = "Qualm.";
    private const string Runtime = "System.Runtime";

    private readonly ConcurrentDictionary<Instrument, MetricSeries> _all = new();
    private readonly IMeterFactory _meters;
    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();

    /// <param name="meters">Whose meters to listen to: another service in this process is not ours.</param>
    public MetricReader(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (instrument, _) => _all.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Take(i, (long)value, tags, state));
        _listener.SetMeasurementEventCallback<short>((i, value, tags, state) => Take(i, (long)value, tags, state));
        _listener.SetMeasurementEventCallback<byte>((i, value, tags, state) => Take(i, (long)value, tags, state));
        _listener.SetMeasurementEventCallback<float>((i, value, tags, state) => Take(i, (double)value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((i, value, tags, state) => Take(i, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Everything published by now, with values or without.</summary>
    public IReadOnlyCollection<MetricSeries> All => [.. _all.Values];

    /// <param name="openMetrics">As OpenMetrics, else in Prometheus' text format.</param>
    public string Read(bool openMetrics)
    {
        lock (_reading)
        {
            foreach (var (instrument, series) in _all)
            {
                if (instrument.IsObservable) series.Clear();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // Something could not be observed just now: it is missing this time, the rest is not.
            }

            return MetricText.Write(_all.Values, openMetrics);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal) && instrument.Meter.Name != Runtime) return;
        if (instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, _meters)) return;
        listener.EnableMeasurementEvents(instrument, _all.GetOrAdd(instrument, i => new MetricSeries(i)));
    }

    private static void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var series = (MetricSeries)state!;
        var cell = series.Of(tags);
        if (series.Name.Kind == MetricKind.Histogram) cell.Observe(value);
        else if (IsAbsolute(instrument)) cell.Set(value);
        else cell.Add(value);
    }

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var series = (MetricSeries)state!;
        var cell = series.Of(tags);
        if (series.Name.Kind == MetricKind.Histogram) cell.Observe(value);
        else if (IsAbsolute(instrument)) cell.Set(value);
        else cell.Add(value);
    }

    private static bool IsAbsolute(Instrument instrument) => instrument.IsObservable || instrument is Gauge<long> or Gauge<double> or Gauge<int>;
}
