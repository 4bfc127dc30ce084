using Microsoft.Extensions.Logging;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>
/// Takes windows of inputs into the log, one turn after the other. A turn that cannot commit is as if it had never been:
/// the timeline is derived anew from the log and the inputs are tried again. A turn refused for its data is split until
/// the culprit is found; that one goes to quarantine.
/// </summary>
/// <param name="derive">Derives the timeline from the log, up to what is committed.</param>
/// <param name="committed">Told of every turn after its commit.</param>
internal sealed class TurnLoop(
    TurnWriter writer, Func<CancellationToken, Task<LiveTurn>> derive, Action<Committed> committed, TimeProvider time, ILogger logger)
{
    /// <summary>How far the clock runs without events before it is saved.</summary>
    private static readonly TimeSpan ClockSavedEvery = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private LiveTurn? _live;

    /// <summary>The timeline as of the newest turn; null before the first and after a failure.</summary>
    public Timeline? Timeline => _live?.Timeline;

    /// <summary>Derives the timeline, if that has not been done.</summary>
    public async Task<Timeline> StartAsync(CancellationToken cancellationToken) => (_live ??= await derive(cancellationToken)).Timeline;

    /// <summary>Takes one window. Returning means that all of it is committed or in quarantine.</summary>
    /// <exception cref="FencedException">Another engine has taken over.</exception>
    /// <exception cref="StoreUnavailableException">The database is away for a reason that time does not cure.</exception>
    public async Task TakeAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _live ??= await derive(cancellationToken);
                await RunAsync(_live, inputs, cancellationToken);
                return;
            }
            catch (StoreUnavailableException e) when (e.IsTransient)
            {
                Log.StoreAway(logger, e);
                if (await ResumeAsync(cancellationToken) == TurnOutcome.Committed) return;
                _live = null;
            }
            catch (TurnRefusedException e) when (inputs.Count > 1)
            {
                Log.TurnSplit(logger, inputs.Count, e);
                _live = null;
                var half = inputs.Count / 2;
                await TakeAsync([.. inputs.Take(half)], cancellationToken);
                await TakeAsync([.. inputs.Skip(half)], cancellationToken);
                return;
            }
            catch (TurnRefusedException e) when (inputs[0] is StampedInput.Event culprit)
            {
                Log.EventRefused(logger, culprit.Received.Event.Name, culprit.Received.Origin.Source, e);
                _live = null;
                inputs = [Quarantine(culprit, e)];
            }
        }
    }

    private async Task RunAsync(LiveTurn live, IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        var positions = await writer.ReserveAsync(LiveTurn.PositionsNeeded(inputs), cancellationToken);
        var turn = live.Evaluate(inputs, positions);
        var brought = live.AddDecisions(await writer.ReserveAsync(live.DecisionsMade, cancellationToken));
        if (!live.HasContent && turn.Clock - writer.Progress.Clock < ClockSavedEvery) return;
        await writer.CommitAsync(turn, CancellationToken.None);
        committed(brought);
    }

    private async Task<TurnOutcome> ResumeAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, time, cancellationToken);
            try
            {
                var outcome = await writer.ResumeAsync(cancellationToken);
                Log.StoreBack(logger, outcome);
                return outcome;
            }
            catch (StoreUnavailableException e) when (e.IsTransient)
            {
                Log.StoreAway(logger, e);
            }
        }
    }

    private static StampedInput.Garbage Quarantine(StampedInput.Event culprit, TurnRefusedException why)
    {
        var received = culprit.Received;
        return new(culprit.Stamp, new Quarantined(received.Origin.Source, 0, 0, why.Message, received.Event.Raw, received.Id));
    }
}
