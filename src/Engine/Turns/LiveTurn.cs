using System.Text;
using Qualm.Actions;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>
/// Takes a window of inputs through the timeline and puts everything that follows into one turn of the store. Knows no
/// database: positions come in, rows go out. Nothing refers to a decision by its position, so decisions get theirs as they are written.
/// </summary>
/// <param name="observed">Whether somebody looks on; else what the turn saw is not kept.</param>
/// <param name="compile">Compiles a set that was found sound when it was queued.</param>
internal sealed class LiveTurn(Timeline timeline, Decisions decisions, Func<RuleSetText, RuleSet> compile, long epoch, bool observed)
{
    // One is filled while the other commits.
    private (Turn Filling, Turn Committing) _turns = (new Turn(), new Turn());
    private readonly List<Committed.Seen> _seen = [];
    private readonly List<Quarantined> _garbage = [];
    private readonly VmState?[] _next = new VmState?[Ahead.Batch];
    private string? _activated;
    private readonly Dictionary<string, ReceivedEvent> _readTo = new(StringComparer.Ordinal);

    public Timeline Timeline => timeline;

    // Decisions of the evaluation that have yet to be added.
    private int DecisionsMade => decisions.Made.Count;

    /// <summary>Whether the turn would write anything but the clock.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether the rules that this activation brings have been fed with their past.</summary>
    public bool IsReadyFor(StampedInput.Activation activation) => activation.WarmedFrom is null || timeline.Expects(activation);

    private Turn Filled => _turns.Filling;

    /// <summary>Positions that the inputs need: one for each that becomes a row.</summary>
    public static int PositionsNeeded(IReadOnlyList<StampedInput> inputs)
    {
        var count = 0;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is StampedInput.Event or StampedInput.Activation or StampedInput.Command { What: OperatorCommand.Acknowledge }) count++;
        }

        return count;
    }

    /// <summary>Folds and evaluates the inputs and fills the turn with their rows.</summary>
    /// <param name="positions">As many as <see cref="PositionsNeeded"/> says, ascending.</param>
    /// <returns>The turn, valid until the call after the next; it lacks the decisions.</returns>
    public Turn Evaluate(IReadOnlyList<StampedInput> inputs, Positions positions)
    {
        _turns = (_turns.Committing, _turns.Filling);
        Filled.Clear();
        _seen.Clear();
        _garbage.Clear();
        _activated = null;
        HasContent = false;
        var next = 0;
        for (var i = 0; i < inputs.Count; i++)
        {
            if (i % Ahead.Batch == 0) Approach(inputs, i);
            switch (inputs[i])
            {
                case StampedInput.Event input:
                    Take(input, positions[next++], i % Ahead.Batch);
                    break;
                case StampedInput.Activation input:
                    Take(input, positions[next++]);
                    break;
                case StampedInput.Garbage input:
                    Take(input.Item, input.Stamp);
                    break;
                case StampedInput.Command { What: OperatorCommand.Acknowledge command } input:
                    timeline.Take(command, input.Stamp, positions[next], decisions);
                    Filled.Add(positions[next++], Rows.Of(command, input.Inbox, input.Stamp, epoch));
                    Filled.TakeFromInbox(input.Inbox);
                    break;
                case StampedInput.Command { What: OperatorCommand.NotUnderstood { Item: var item } } input:
                    Take(item, input.Stamp);
                    Filled.TakeFromInbox(input.Inbox);
                    break;
                case var input:
                    timeline.AdvanceTo(input.Stamp, decisions);
                    break;
            }
        }

        foreach (var (source, newest) in _readTo)
        {
            if (TailPosition.Behind(newest) is { } behind) Filled.Resume(source, Encoding.ASCII.GetBytes(behind.ToString()));
        }

        _readTo.Clear();
        HasContent |= Filled.Count > 0 || DecisionsMade > 0;
        Filled.Clock = timeline.Clock;
        Filled.Digest = decisions.Digest;
        return Filled;
    }

    /// <summary>Adds the decisions made since the last turn, and the deliveries they ask for.</summary>
    public Committed AddDecisions()
    {
        var (made, told) = decisions.Take();
        var next = 0;
        for (var i = 0; i < made.Count; i++)
        {
            for (; next < told.Count && told[next].After <= i; next++) Tell(told[next].Transition);
            Filled.Add(Rows.Of(made[i]));
            Tell(made[i]);
        }

        for (; next < told.Count; next++) Tell(told[next].Transition);
        return new Committed([.. _seen], made, [.. _garbage], _activated);
    }

    private void Approach(IReadOnlyList<StampedInput> inputs, int from)
    {
        var count = Math.Min(Ahead.Batch, inputs.Count - from);
        for (var i = 0; i < count; i++)
        {
            if (inputs[from + i] is StampedInput.Event { Received.Origin.Vm: var vm }) timeline.Fleet.Foresee(vm);
        }

        for (var i = 0; i < count; i++)
        {
            _next[i] = inputs[from + i] is StampedInput.Event { Received.Origin.Vm: var vm } ? timeline.Fleet.Approach(vm) : null;
        }

        for (var i = 0; i < count; i++)
        {
            if (inputs[from + i] is StampedInput.Event { Received.Event: var message }) timeline.Look(i, message.Schema, _next[i], Timeline.WithoutEmpty(message.Data.Span));
            else timeline.Look(i, null, null, []);
        }

        timeline.Approach(count);
    }

    private void Tell(AlertTransition transition)
    {
        foreach (var delivery in Deliveries.For(transition))
        {
            Filled.Add(new Store.Writing.OutboxEntry(delivery.Receiver, transition.Id, transition.Episode, TransitionJson.Name(transition.Transition), delivery.Payload, transition.DecidedAt));
        }
    }

    private void Take(StampedInput.Event input, Position position, int place)
    {
        var (received, message) = (input.Received, input.Received.Event);
        var vm = timeline.Feed(input, position, decisions, place);
        Filled.Add(position, Rows.Of(input, received.Origin.Vm.Length == 0 ? RowKind.Engine : RowKind.Live));
        if (received.ResumeAt is not null) _readTo[received.Origin.Source] = received;
        if (observed) _seen.Add(new Committed.Seen(position, input.At, vm?.Id ?? "", message.Name, Encoding.UTF8.GetString(message.Data.Span), vm?.Status ?? "", input.Weight));
    }

    private void Take(Quarantined item, Instant stamp)
    {
        Filled.Add(item, stamp);
        _garbage.Add(item);
        HasContent = true;
        timeline.AdvanceTo(stamp, decisions);
    }

    private void Take(StampedInput.Activation input, Position position)
    {
        timeline.Activate(compile(input.Rules), input, position, decisions);
        _activated = input.Rules.Digest;
        Filled.Add(position, Rows.Of(input, epoch));
    }
}
