using Microsoft.Extensions.Logging;
using Qualm.Engine.Serving;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>
/// Takes windows of inputs into the log, one turn after the other; the next is evaluated while the one before commits. A
/// turn that cannot commit is as if it had never been, and so is the one behind it: the timeline is derived anew from the
/// log and their inputs are tried again. A turn refused for its data is split until the culprit is found; that one goes to
/// quarantine.
/// </summary>
/// <param name="derive">Derives the timeline from the log, up to what is committed, ready for the activation that comes next, if one does.</param>
/// <param name="revive">Starts the database again, if that is ours to do.</param>
/// <param name="committed">Told of every turn as soon as it is committed, in order, on any thread.</param>
internal sealed class TurnLoop(
    TurnWriter writer,
    Func<StampedInput.Activation?, CancellationToken, Task<LiveTurn>> derive,
    Func<CancellationToken, Task> revive,
    Action<Committed> committed,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>How far the clock runs without events before it is saved.</summary>
    private static readonly TimeSpan ClockSavedEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private LiveTurn? _live;

    // The writer's as the timeline was derived: a turn evaluated on what a failed one left behind must not be written.
    private int _generation;
    private Commit? _open;
    private volatile bool _deriving;
    private volatile bool _waiting;

    /// <summary>Told how the loop does.</summary>
    public TurnWatch Watch { get; init; } = TurnWatch.None;

    /// <summary>The timeline as of the newest turn, which may still be committing; null after a failure, before it is derived anew.</summary>
    public Timeline? Timeline => _live?.Timeline;

    /// <summary>The commit under way. What was read off the timeline is true once it has succeeded.</summary>
    public Task Open => _open?.Done ?? Task.CompletedTask;

    /// <summary>Told when the store is away; null when nobody wants to know.</summary>
    public Spooling.Outage? Outage { get; init; }

    /// <summary>Whether the timeline is being derived, which takes its time with a store that is well. From any thread.</summary>
    public bool IsDeriving => _deriving;

    /// <summary>Whether the store is away and waited for. From any thread.</summary>
    public bool IsWaiting => _waiting;

    /// <summary>Derives the timeline, if that has not been done.</summary>
    /// <param name="coming">The activation to be ready for; null for none.</param>
    public async Task<Timeline> StartAsync(StampedInput.Activation? coming, CancellationToken cancellationToken) => (await LiveAsync(coming, cancellationToken)).Timeline;

    /// <summary>Takes one window. Returning means that all windows before it are committed, and this one is on its way.</summary>
    /// <exception cref="FencedException">Another engine has taken over.</exception>
    /// <exception cref="StoreUnavailableException">The database is away for a reason that time does not cure.</exception>
    public async Task TakeAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        foreach (var window in TurnWindows.BeginningWithActivations(inputs)) await TakeWholeAsync(window, cancellationToken);
    }

    private async Task TakeWholeAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        Commit? next = null;
        try
        {
            next = await BeginAsync(inputs, cancellationToken);
            await FinishAsync();
            _open = next;
        }
        catch (Exception fault) when (IsCurable(fault))
        {
            await RecoverAsync(fault, inputs, next, cancellationToken);
        }
    }

    /// <summary>Waits until everything taken is committed.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FinishAsync();
        }
        catch (Exception fault) when (IsCurable(fault))
        {
            await RecoverAsync(fault, [], null, cancellationToken);
        }
    }

    /// <summary>Waits until everything taken is committed and the clock is saved with it, so that the store says exactly what the timeline shows.</summary>
    /// <returns>False when the timeline is to be derived anew first.</returns>
    public async Task<bool> SettleAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        if (_live is not { } live) return false;
        if (live.Timeline.Clock == writer.Progress.Clock) return true;
        Commit? clock = null;
        try
        {
            clock = await BeginAsync([], cancellationToken, clockAlone: true);
            _open = clock;
            await FinishAsync();
        }
        catch (Exception fault) when (IsCurable(fault))
        {
            await RecoverAsync(fault, [], clock, cancellationToken);
        }

        return _live is not null;
    }

    private static bool IsCurable(Exception fault) => fault is TurnRefusedException or StoreUnavailableException { IsTransient: true };

    // Evaluates a window and hands its turn to the store. Null when there is nothing to write.
    private async Task<Commit?> BeginAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken, bool clockAlone = false)
    {
        var coming = inputs.Count > 0 ? inputs[0] as StampedInput.Activation : null;
        if (coming is not null && _live is { } unready && !unready.IsReadyFor(coming))
        {
            // What it is derived from must be committed.
            await FinishAsync();
            _live = null;
        }

        var live = await LiveAsync(coming, cancellationToken);
        var positions = await writer.ReserveAsync(LiveTurn.PositionsNeeded(inputs), cancellationToken);
        var span = Watch.Begin(inputs);
        var turn = live.Evaluate(inputs, positions);
        turn.Generation = _generation;
        var brought = live.AddDecisions();
        if (!live.HasContent && !clockAlone && turn.Clock - writer.Progress.Clock < ClockSavedEvery)
        {
            TurnWatch.Drop(span);
            return null;
        }

        span = Watch.Evaluated(span, turn.Count, brought.Decisions.Count);
        return new Commit(inputs, CommitAsync(turn, brought, span));
    }

    private async ValueTask<LiveTurn> LiveAsync(StampedInput.Activation? coming, CancellationToken cancellationToken)
    {
        if (_live is { } live) return live;
        _generation = writer.Generation;
        _deriving = true;
        try
        {
            return _live = await derive(coming, cancellationToken);
        }
        finally
        {
            _deriving = false;
        }
    }

    private async Task FinishAsync()
    {
        if (_open is not { } open) return;
        await Watch.AwaitAsync(open.Done);
        _open = null;
    }

    private async Task CommitAsync(Turn turn, Committed brought, TurnSpan span)
    {
        // The turn's rows are another turn's once it is committed.
        var rows = turn.Count;
        try
        {
            await writer.CommitAsync(turn, CancellationToken.None);
        }
        catch (Exception fault)
        {
            Watch.Failed(span, fault);
            throw;
        }

        Watch.Committed(span, rows, brought);
        committed(brought);
    }

    private async Task RecoverAsync(Exception fault, IReadOnlyList<StampedInput> inputs, Commit? next, CancellationToken cancellationToken)
    {
        var before = Array.Empty<StampedInput>();
        if (_open is { } open && !await SucceededAsync(open)) before = [.. open.Inputs];
        else await FinishAsync();
        _open = null;
        if (next is not null && await SucceededAsync(next)) inputs = [];

        _live = null;
        if (fault is StoreUnavailableException) TellAway(fault);
        if (await ResumeAsync(cancellationToken) == TurnOutcome.Committed)
        {
            // The commit whose answer was lost came first: what was behind it was never written.
            if (before.Length > 0) before = [];
            else inputs = [];
        }

        await TakeAloneAsync(before, cancellationToken);
        await TakeAloneAsync(inputs, cancellationToken);
    }

    // One window by itself, until it is committed or in quarantine.
    private async Task TakeAloneAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        while (inputs.Count > 0)
        {
            try
            {
                _open = await BeginAsync(inputs, cancellationToken);
                await FinishAsync();
                return;
            }
            catch (StoreUnavailableException e) when (e.IsTransient)
            {
                TellAway(e);
                (_open, _live) = (null, null);
                if (await ResumeAsync(cancellationToken) == TurnOutcome.Committed) return;
            }
            catch (TurnRefusedException e) when (inputs.Count > 1)
            {
                Log.TurnSplit(logger, inputs.Count, e);
                (_open, _live) = (null, null);
                var half = inputs.Count / 2;
                await TakeAloneAsync([.. inputs.Take(half)], cancellationToken);
                inputs = [.. inputs.Skip(half)];
            }
            catch (TurnRefusedException e) when (inputs[0] is StampedInput.Event culprit)
            {
                Log.EventRefused(logger, culprit.Received.Event.Name, culprit.Received.Origin.Source, e);
                (_open, _live) = (null, null);
                inputs = [Quarantine(culprit, e)];
            }
        }
    }

    private void TellAway(Exception fault)
    {
        Log.StoreAway(logger, fault.Message);
        Watch.Health.StoreAway(fault.Message);
        Outage?.Begin(fault.Message);
    }

    private static async Task<bool> SucceededAsync(Commit commit)
    {
        await commit.Done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return commit.Done.IsCompletedSuccessfully;
    }

    private async Task<TurnOutcome> ResumeAsync(CancellationToken cancellationToken)
    {
        _waiting = true;
        var pauses = new Pauses(FirstPause, LongestPause);
        while (true)
        {
            await Task.Delay(pauses.Next(), time, cancellationToken);
            try
            {
                await revive(cancellationToken);
                var outcome = await writer.ResumeAsync(cancellationToken);
                Log.StoreBack(logger, outcome);
                Watch.Health.StoreBack();
                _waiting = false;
                return outcome;
            }
            catch (StoreUnavailableException e) when (e.IsTransient)
            {
                Log.StoreStillAway(logger, e.Message);
                Watch.Health.StoreAway(e.Message);
                Outage?.Begin(e.Message);
            }
        }
    }

    private static StampedInput.Garbage Quarantine(StampedInput.Event culprit, TurnRefusedException why)
    {
        var received = culprit.Received;
        return new(culprit.Stamp, new Quarantined(received.Origin.Source, 0, 0, why.Message, received.Event.Raw, received.Id));
    }

    /// <summary>A turn on its way into the store.</summary>
    private sealed record Commit(IReadOnlyList<StampedInput> Inputs, Task Done);
}
