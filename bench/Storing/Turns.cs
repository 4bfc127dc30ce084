using System.Diagnostics;
using System.Text;
using Qualm.Bench.Workloads;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Bench.Storing;

/// <summary>Turns of a fixed size through the real writer: events, and for every hundred of them a decision with a message in the outbox.</summary>
internal sealed class Turns
{
    private const int EventsADecision = 100;

    private readonly TurnWriter _writer;
    private readonly Turn _turn = new();
    private readonly AppendRow[] _events;
    private readonly AppendRow[] _decisions;
    private readonly OutboxEntry[] _outbox;
    private readonly Queue<double> _reserving = new();
    private readonly Queue<double> _committing = new();

    public Turns(TurnWriter writer, LiveInputs inputs, int size)
    {
        _writer = writer;
        _events = inputs.Rows(size);
        var at = _events[^1].Recorded;
        var payload = Encoding.UTF8.GetBytes("""{"alert":"Generated","key":{"vm":"vm-1"},"severity":"warning","summary":"vm-1: 6 times","at":"2026-09-21T13:46:40.000000Z"}""");
        var alerts = Enumerable.Range(0, size / EventsADecision).Select(i => $"{at.Micros % 100_000}-{i}").ToArray();
        _decisions = [.. alerts.Select(alert => new AppendRow(
            StreamName.Alert(alert), new Guid(size, 0, 0, new byte[8]), "alert_firing", payload, at, new EventHeaders(RowKind.Decision, at), CorrelationId: alert))];
        _outbox = [.. alerts.Select(alert => new OutboxEntry("page", alert, alert, "firing", payload, at))];
    }

    /// <summary>Rows a turn, for the limit to write as well.</summary>
    public AppendRow[] Rows => [.. _events, .. _decisions];

    /// <summary>Median seconds of one call for positions, and of one commit.</summary>
    public (double Reserve, double Commit) Parts => (Measuring.Spread.Of(_reserving).Median, Measuring.Spread.Of(_committing).Median);

    public async Task RunAsync(int count)
    {
        for (var i = 0; i < count; i++) await RunAsync();
    }

    // As the engine does it: positions of the events, then of the decisions, then all in one transaction.
    private async Task RunAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var positions = await _writer.ReserveAsync(_events.Length, CancellationToken.None);
        _reserving.Enqueue(Stopwatch.GetElapsedTime(started).TotalSeconds);
        _turn.Clear();
        for (var i = 0; i < _events.Length; i++) _turn.Add(positions[i], _events[i]);
        positions = await _writer.ReserveAsync(_decisions.Length, CancellationToken.None);
        for (var i = 0; i < _decisions.Length; i++)
        {
            _turn.Add(positions[i], _decisions[i]);
            _turn.Add(_outbox[i]);
        }

        _turn.Clock = _events[^1].Recorded;
        started = Stopwatch.GetTimestamp();
        await _writer.CommitAsync(_turn, CancellationToken.None);
        _committing.Enqueue(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
