using System.Diagnostics.Metrics;
using Qualm.Engine.Serving.Metrics;
using Qualm.Engine.Turns;
using Qualm.Ingest.Client;
using Qualm.Store;
using Qualm.Store.Outbox;
using Qualm.Store.Reading;

namespace Qualm.Engine.Serving;

/// <summary>All that a service tells of itself while it runs.</summary>
internal sealed class EngineWatch
{
    private readonly RuleTotals _rules = new();
    private readonly FiringAlerts _firing = new();
    private readonly OutboxGauge _outbox = new();
    private readonly MonitorGauge _monitors = new();
    private readonly TimeProvider _time;

    public EngineWatch(ServiceHealth health, IMeterFactory meters, string version, TimeProvider time)
    {
        (Health, _time) = (health, time);
        Metrics = new EngineMetrics(meters, health, _rules, _firing, _outbox, _monitors, version, time);
        Turns = new TurnWatch(health, Metrics, time);
    }

    public ServiceHealth Health { get; }

    public EngineMetrics Metrics { get; }

    public TurnWatch Turns { get; }

    /// <summary>Where health and metrics are served, for people.</summary>
    public string Http { get; set; } = "off";

    /// <summary>Takes over what is on record. To be called before anything is committed.</summary>
    /// <param name="timeline">As derived.</param>
    public async Task BeginAsync(StoreHost store, Timeline timeline, CancellationToken cancellationToken)
    {
        _rules.Begin(timeline.Rules);
        await _firing.BeginAsync(new OpenAlertReader(store), cancellationToken);
    }

    /// <summary>Watches monitors and outbox until it is cancelled.</summary>
    public Task RunAsync(StoreHost store, MonitorBoard monitors, CancellationToken cancellationToken)
    {
        _monitors.Watch(monitors);
        return _outbox.RunAsync(new OutboxStore(store), _time, cancellationToken);
    }

    /// <summary>The loop has taken a window, if only a tick. For the loop.</summary>
    public void AfterTurn(Timeline timeline)
    {
        Health.Beat();
        Metrics.Passed(timeline.Clock);
        _rules.AfterTurn(timeline.Rules, timeline.Clock);
    }

    /// <summary>A turn is committed. From any thread, in order.</summary>
    public void Committed(Committed turn)
    {
        _firing.Committed(turn.Decisions);
        if (turn.Activated is { } digest) Metrics.Activated(digest);
    }
}
