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

    // One is filled while the other commits.
    private (Turn Filling, Turn Committing) _turns = (new Turn(), new Turn());
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

    /// <summary>As the engine's loop does it: the next turn is made while the one before it commits, and at the end all are committed.</summary>
    public async Task RunAsync(int count)
    {
        var open = Task.CompletedTask;
        for (var i = 0; i < count; i++)
        {
            var next = CommitAsync(await MakeAsync());
            await open;
            open = next;
        }

        await open;
    }

    /// <summary>One turn after the other, each begun when the one before it is committed.</summary>
    public async Task RunAloneAsync(int count)
    {
        for (var i = 0; i < count; i++) await CommitAsync(await MakeAsync());
    }

    // Positions of the events; those of the decisions are the writer's matter.
    private async Task<Turn> MakeAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var positions = await _writer.ReserveAsync(_events.Length, CancellationToken.None);
        _reserving.Enqueue(Stopwatch.GetElapsedTime(started).TotalSeconds);
        _turns = (_turns.Committing, _turns.Filling);
        var turn = _turns.Filling;
        turn.Clear();
        turn.Generation = _writer.Generation;
        for (var i = 0; i < _events.Length; i++) turn.Add(positions[i], _events[i]);
        for (var i = 0; i < _decisions.Length; i++)
        {
            turn.Add(_decisions[i]);
            turn.Add(_outbox[i]);
        }

        turn.Clock = _events[^1].Recorded;
        return turn;
    }

    private async Task CommitAsync(Turn turn)
    {
        var started = Stopwatch.GetTimestamp();
        await _writer.CommitAsync(turn, CancellationToken.None);
        _committing.Enqueue(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
