using System.Text;
using Qualm.Actions;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>
/// Takes a window of inputs through the timeline and puts everything that follows into one turn of the store. Knows no
/// database: positions come in, rows go out.
/// </summary>
/// <param name="observed">Whether somebody looks on; else what the turn saw is not kept.</param>
/// <param name="compile">Compiles a set that was found sound when it was queued.</param>
internal sealed class LiveTurn(Timeline timeline, Decisions decisions, Func<RuleSetText, RuleSet> compile, long epoch, bool observed)
{
    private readonly Turn _turn = new();
    private readonly List<Committed.Seen> _seen = [];
    private readonly Dictionary<string, ReceivedEvent> _readTo = new(StringComparer.Ordinal);

    public Timeline Timeline => timeline;

    /// <summary>Decisions of the evaluation that <see cref="AddDecisions"/> has yet to add.</summary>
    public int DecisionsMade => decisions.Made.Count;

    /// <summary>Whether the turn would write anything but the clock.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Positions that the inputs need: one for each that becomes a row.</summary>
    public static int PositionsNeeded(IReadOnlyList<StampedInput> inputs)
    {
        var count = 0;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is StampedInput.Event or StampedInput.Activation) count++;
        }

        return count;
    }

    /// <summary>Folds and evaluates the inputs and fills the turn with their rows.</summary>
    /// <param name="positions">As many as <see cref="PositionsNeeded"/> says, ascending.</param>
    /// <returns>The turn, valid until the next call; it lacks the decisions.</returns>
    public Turn Evaluate(IReadOnlyList<StampedInput> inputs, Positions positions)
    {
        _turn.Clear();
        _seen.Clear();
        HasContent = false;
        var next = 0;
        for (var i = 0; i < inputs.Count; i++)
        {
            switch (inputs[i])
            {
                case StampedInput.Event input:
                    Take(input, positions[next++]);
                    break;
                case StampedInput.Activation input:
                    Take(input, positions[next++]);
                    break;
                case StampedInput.Garbage input:
                    _turn.Add(input.Item, input.Stamp);
                    HasContent = true;
                    timeline.AdvanceTo(input.Stamp, decisions);
                    break;
                case var input:
                    timeline.AdvanceTo(input.Stamp, decisions);
                    break;
            }
        }

        foreach (var (source, newest) in _readTo)
        {
            if (TailPosition.Behind(newest) is { } behind) _turn.Resume(source, Encoding.ASCII.GetBytes(behind.ToString()));
        }

        _readTo.Clear();
        HasContent |= _turn.Count > 0 || DecisionsMade > 0;
        _turn.Clock = timeline.Clock;
        _turn.Digest = decisions.Digest;
        return _turn;
    }

    /// <summary>Adds the decisions made since the last turn, and the deliveries they ask for.</summary>
    /// <param name="positions">One for each of <see cref="Decisions.Made"/>, higher than those of the inputs.</param>
    public Committed AddDecisions(Positions positions)
    {
        var made = decisions.Take();
        for (var i = 0; i < made.Count; i++)
        {
            _turn.Add(positions[i], Rows.Of(made[i]));
            foreach (var delivery in Deliveries.For(made[i]))
            {
                _turn.Add(new Store.Writing.OutboxEntry(delivery.Receiver, made[i].Id, made[i].Episode, TransitionJson.Name(made[i].Transition), delivery.Payload, made[i].DecidedAt));
            }
        }

        return new Committed([.. _seen], made);
    }

    private void Take(StampedInput.Event input, Position position)
    {
        var (received, message) = (input.Received, input.Received.Event);
        var vm = timeline.Feed(input, position, decisions);
        _turn.Add(position, Rows.Of(received, input.At, input.Stamp, input.Marks, input.Weight, received.Origin.Vm.Length == 0 ? RowKind.Engine : RowKind.Live));
        if (received.ResumeAt is not null) _readTo[received.Origin.Source] = received;
        if (observed) _seen.Add(new Committed.Seen(position, input.At, vm?.Id ?? "", message.Name, Encoding.UTF8.GetString(message.Data.Span), vm?.Status ?? ""));
    }

    private void Take(StampedInput.Activation input, Position position)
    {
        timeline.Activate(compile(input.Rules), input.Stamp, decisions);
        _turn.Add(position, Rows.Of(input.Rules, input.Stamp, epoch));
    }
}
