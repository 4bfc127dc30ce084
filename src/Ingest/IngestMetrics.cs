using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reactive.Disposables;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest;

/// <summary>The meter <c>Qualm.Ingest</c>.</summary>
public sealed class IngestMetrics
{
    // Sources come and go; whoever stores the metrics must not pay for each that ever was.
    private const int MostLabels = 100;
    private const string Other = "other";

    private readonly ConcurrentDictionary<Depths, bool> _depths = [];
    private readonly ConcurrentDictionary<string, bool> _labels = new(StringComparer.Ordinal);
    private readonly Counter<long> _received;
    private readonly Counter<long> _garbage;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _connects;
    private readonly Counter<long> _losses;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _folded;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _stoodBy;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _stalls;

    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Qualm.Ingest");
        _received = meter.CreateCounter<long>("qualm.ingest.events", "{event}", "Events read from sources.");
        _garbage = meter.CreateCounter<long>("qualm.ingest.garbage", "{item}", "Pieces that could not be decoded.");
        _faults = meter.CreateCounter<long>("qualm.ingest.source.faults", "{fault}", "Sources that failed and were started again.");
        _steps = meter.CreateCounter<long>("qualm.ingest.clock.steps", "{step}", "Jumps of the wall clock.");
        _connects = meter.CreateCounter<long>("qualm.ingest.monitor.connects", "{connection}", "Monitors connected.");
        _losses = meter.CreateCounter<long>("qualm.ingest.monitor.losses", "{connection}", "Monitors lost after they had been connected.");
        _failures = meter.CreateCounter<long>("qualm.ingest.monitor.failures", "{attempt}", "Attempts to connect that failed.");
        _folded = meter.CreateCounter<long>("qualm.ingest.folded", "{event}", "Events that became one with an equal one before them, and have no row of their own, by source; those beyond the first 100 are 'other'.");
        _runs = meter.CreateCounter<long>("qualm.ingest.folds", "{event}", "Recorded events that stand for several, by source as for qualm.ingest.folded.");
        _stoodBy = meter.CreateCounter<long>("qualm.ingest.monitor.standby.dropped", "{event}", "Events dropped because another monitor of the VM speaks for it.");
        _takeovers = meter.CreateCounter<long>("qualm.ingest.monitor.takeovers", "{monitor}", "Monitors that stood by and speak since the one before them was lost.");
        _stalls = meter.CreateCounter<long>("qualm.ingest.monitor.stalls", "{connection}", "Monitors disconnected because more came than could be taken.");
        _delay = meter.CreateHistogram<double>("qualm.ingest.delay", "s", "From an event's receipt to its stamp: the time in its source's queue, folding included.");
        meter.CreateObservableGauge("qualm.ingest.queued", () => Sum(d => d.Queued()), "{item}", "Items waiting in the queues of the sources.");
        meter.CreateObservableGauge("qualm.ingest.queued.max", () => _depths.Keys.Select(d => d.Longest()).DefaultIfEmpty().Max(), "{item}", "Items waiting in the fullest of those queues.");
        meter.CreateObservableGauge("qualm.ingest.windowed", () => Sum(d => d.Windowed()), "{input}", "Stamped inputs waiting for the turn.");
        meter.CreateObservableGauge("qualm.ingest.sources", () => Sum(d => d.Sources()), "{source}", "Sources being read.");
    }

    internal void Received(SourceItem item) => (item is SourceItem.Event ? _received : _garbage).Add(1);

    /// <summary>Whether anybody asks for <see cref="Delayed"/>.</summary>
    internal bool MeasuresDelay => _delay.Enabled;

    internal void Delayed(TimeSpan time) => _delay.Record(time.TotalSeconds);

    internal void Folded(string source) => _folded.Add(1, new KeyValuePair<string, object?>("source", Label(source)));

    internal void FoldedRun(string source) => _runs.Add(1, new KeyValuePair<string, object?>("source", Label(source)));

    internal void StoodBy(int events)
    {
        if (events > 0) _stoodBy.Add(events);
    }

    internal void TookOver() => _takeovers.Add(1);

    internal void Stalled() => _stalls.Add(1);

    internal void Faulted(string source) => _faults.Add(1, new KeyValuePair<string, object?>("source", source));

    internal void ClockStepped() => _steps.Add(1);

    internal void Connected() => _connects.Add(1);

    internal void Lost() => _losses.Add(1);

    internal void ConnectFailed() => _failures.Add(1);

    /// <summary>Reports these depths until the result is disposed.</summary>
    internal IDisposable Watch(Func<long> queued, Func<long> longest, Func<long> windowed, Func<long> sources)
    {
        var depths = new Depths(queued, longest, windowed, sources);
        _depths[depths] = true;
        return Disposable.Create(() => _depths.TryRemove(depths, out _));
    }

    private string Label(string source) => _labels.ContainsKey(source) || (_labels.Count < MostLabels && _labels.TryAdd(source, true)) ? source : Other;

    private long Sum(Func<Depths, long> depth) => _depths.Keys.Sum(depth);

    private sealed record Depths(Func<long> Queued, Func<long> Longest, Func<long> Windowed, Func<long> Sources);
}
