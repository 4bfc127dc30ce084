using System.Diagnostics.Metrics;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>The meter <c>Qualm.Engine</c>: turns, rules, alerts, the outbox and the store. Nothing here is counted event by event.</summary>
internal sealed class EngineMetrics
{
    public const string MeterName = "Qualm.Engine";

    private readonly Counter<long> _turns;
    private readonly Counter<long> _inputs;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _reloads;
    private readonly Histogram<double> _evaluation;
    private readonly Histogram<double> _commit;
    private readonly TimeProvider _time;
    private long _clock = long.MinValue;
    private volatile string _rules = "";

    public EngineMetrics(IMeterFactory meters, ServiceHealth health, RuleTotals rules, FiringAlerts firing, OutboxGauge outbox, MonitorGauge monitors, string version, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(MeterName);
        _turns = meter.CreateCounter<long>("qualm.turns", "{turn}", "Turns committed.");
        _inputs = meter.CreateCounter<long>("qualm.turn.inputs", "{input}", "Inputs of committed turns: events, commands, activations, ticks.");
        _rows = meter.CreateCounter<long>("qualm.turn.rows", "{row}", "Rows that committed turns added to the log: inputs on record and decisions.");
        _decisions = meter.CreateCounter<long>("qualm.turn.decisions", "{decision}", "Decisions committed, by transition.");
        _quarantined = meter.CreateCounter<long>("qualm.turn.quarantined", "{item}", "Pieces put into quarantine, because they could not be decoded or recorded.");
        _failed = meter.CreateCounter<long>("qualm.turn.failures", "{turn}", "Turns that could not be committed and were taken again, by why: refused for their data, or the store away.");
        _reloads = meter.CreateCounter<long>("qualm.rules.reloads", "{reload}", "Reloads of the rules, by outcome: activated, unchanged, refused.");
        _evaluation = meter.CreateHistogram<double>("qualm.turn.evaluation.duration", "s", "Time to fold and evaluate the inputs of a turn.");
        _commit = meter.CreateHistogram<double>("qualm.turn.commit.duration", "s", "Time from a turn's being handed to the store until it was committed.");
        meter.CreateObservableGauge("qualm.turn.lag", Lag, "s", "Wall clock minus the clock of the newest turn: how far decisions trail.");
        meter.CreateObservableGauge("qualm.ready", () => health.Look().IsReady ? 1 : 0, null, "1 while the service serves, else 0; /readyz says why.");
        meter.CreateObservableGauge("qualm.store.away.duration", () => health.Away.TotalSeconds, "s", "How long the store has been away; 0 while it is there.");
        meter.CreateObservableCounter("qualm.rule.matches", rules.Matches, "{event}", "Events that passed a rule's names and conditions, by rule, weights added.");
        meter.CreateObservableCounter("qualm.rule.errors", rules.Errors, "{event}", "Events for which a condition of a rule failed to evaluate, by rule.");
        meter.CreateObservableUpDownCounter("qualm.alerts.firing", firing.Observe, "{alert}", "Alerts that fire, by severity.");
        meter.CreateObservableUpDownCounter("qualm.outbox.pending", outbox.Pending, "{message}", "Messages owed to receivers, by receiver.");
        meter.CreateObservableUpDownCounter("qualm.outbox.dead", outbox.Dead, "{message}", "Messages given up, by receiver; they can be sent again.");
        meter.CreateObservableUpDownCounter("qualm.monitors", monitors.Observe, "{monitor}", "QMP monitors, by what their connection is doing.");
        meter.CreateObservableGauge("qualm.build.info", () => new Measurement<int>(1, new("version", version), new("rules", _rules)), null, "Always 1; its labels tell the version and the digest of the rules that run.");
    }

    /// <summary>The set that runs.</summary>
    public void Activated(string digest) => _rules = digest[..Math.Min(12, digest.Length)];

    public void Reloaded(string outcome) => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="clock">Of the newest turn.</param>
    public void Passed(Instant clock) => Volatile.Write(ref _clock, clock.Micros);

    public void Evaluated(TimeSpan took) => _evaluation.Record(took.TotalSeconds);

    public void Committed(int inputs, int rows, Committed turn, TimeSpan took)
    {
        _turns.Add(1);
        _inputs.Add(inputs);
        _rows.Add(rows);
        _commit.Record(took.TotalSeconds);
        if (turn.Garbage.Count > 0) _quarantined.Add(turn.Garbage.Count);
        if (!_decisions.Enabled) return;
        foreach (var decision in turn.Decisions) _decisions.Add(1, new KeyValuePair<string, object?>("transition", TransitionJson.Name(decision.Transition)));
    }

    public void Failed(string why) => _failed.Add(1, new KeyValuePair<string, object?>("why", why));

    private IEnumerable<Measurement<double>> Lag()
    {
        if (Volatile.Read(ref _clock) is not long.MinValue and var clock) yield return new(Math.Max(0, (Instant.From(_time.GetUtcNow()) - new Instant(clock)).TotalSeconds));
    }
}
