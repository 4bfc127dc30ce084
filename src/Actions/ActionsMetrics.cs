using System.Diagnostics.Metrics;

namespace Qualm.Actions;

/// <summary>What Actions measures, meter <c>Qualm.Actions</c>.</summary>
public sealed class ActionsMetrics
{
    public const string MeterName = "Qualm.Actions";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _lag;
    private readonly UpDownCounter<long> _underWay;

    public ActionsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>("qualm.actions.attempts", "{attempt}", "Attempts to deliver, by receiver and outcome");
        _deadLetters = meter.CreateCounter<long>("qualm.actions.dead_letters", "{message}", "Messages given up, by receiver");
        _duration = meter.CreateHistogram<double>("qualm.actions.attempt.duration", "s", "How long attempts took, by receiver and outcome");
        _lag = meter.CreateHistogram<double>("qualm.actions.delivery.lag", "s", "From decision to delivery, by receiver");
        _underWay = meter.CreateUpDownCounter<long>("qualm.actions.attempts.active", "{attempt}", "Attempts under way, by receiver");
    }

    internal void Started(string receiver) => _underWay.Add(1, Tag(receiver));

    internal void Ended(string receiver, string outcome, TimeSpan took)
    {
        var tags = new KeyValuePair<string, object?>("outcome", outcome);
        _underWay.Add(-1, Tag(receiver));
        _attempts.Add(1, Tag(receiver), tags);
        _duration.Record(took.TotalSeconds, Tag(receiver), tags);
    }

    internal void Delivered(string receiver, TimeSpan lag) => _lag.Record(Math.Max(0, lag.TotalSeconds), Tag(receiver));

    internal void Buried(string receiver, int messages) => _deadLetters.Add(messages, Tag(receiver));

    private static KeyValuePair<string, object?> Tag(string receiver) => new("receiver", receiver);
}
