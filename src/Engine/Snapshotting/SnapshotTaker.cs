using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Snapshots;
using Qualm.Store.Writing;

namespace Qualm.Engine.Snapshotting;

/// <summary>
/// Takes snapshots while the service runs: the image between two turns, the writing beside those that follow. Never two at once, and never
/// one on which a turn waits for longer than the image takes. What fails is tried again later.
/// </summary>
/// <param name="start">What the engine started from.</param>
internal sealed class SnapshotTaker(StoreHost store, TurnWriter writer, EventCatalogue catalogue, Derivation start, TimeProvider time, ILogger logger)
{
    /// <summary>So many inputs are re-read in a fraction of a second.</summary>
    private const long Many = 100_000;

    /// <summary>However little there is to re-read, it is not left for longer.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>Even under load, writing snapshots takes up no more than one part in so many of the time.</summary>
    private const int Share = 4;

    /// <summary>And turns wait for images no more than one part in so many. It takes some ten thousand events a second that one in a hundred of them notices.</summary>
    private const int ImageShare = 64;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    /// <summary>However long all that takes: what a start has to re-read grows meanwhile.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(15);

    /// <summary>After one that failed.</summary>
    private static readonly TimeSpan Failed = TimeSpan.FromMinutes(1);

    /// <summary>How long an end of the service waits for its last snapshot.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(10);

    /// <summary>Between pieces: the disk and the processors belong to turns first.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    private readonly SnapshotStore _snapshots = new(store);
    private readonly string _catalogue = CatalogueDigest.Of(catalogue);
    private Task _writing = Task.CompletedTask;
    private long _since = time.GetTimestamp();
    private TimeSpan _rest = Shortest;
    private Position _committed = start.PositionBefore;
    private Position _activated = start.PositionBefore;
    private long _inputs = start.InputsBefore;

    // Read on the loop once the writing has ended.
    private bool _failed;

    /// <summary>Called between turns. Takes a snapshot when one is due.</summary>
    public async ValueTask AfterTurnAsync(TurnLoop loop, Derivation derivation, CancellationToken cancellationToken)
    {
        if (!_writing.IsCompleted || !IsDue(derivation.Timeline)) return;
        if (await TakeAsync(loop, derivation, cancellationToken) is { } image) _writing = WriteAsync(image, token => Task.Delay(Breath, time, token), cancellationToken);
    }

    /// <summary>Takes the last one, of all that is committed.</summary>
    public async Task FinishAsync(TurnLoop loop, Derivation derivation, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var enough = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), patience, LastPatience, Timeout.InfiniteTimeSpan);
        try
        {
            await _writing.WaitAsync(patience.Token);
            if (writer.Progress.Position == _committed && !_failed) return;
            if (await TakeAsync(loop, derivation, patience.Token) is { } image) await WriteAsync(image, _ => Task.CompletedTask, patience.Token);
        }
        catch (OperationCanceledException)
        {
            Log.SnapshotGivenUp(logger, LastPatience.TotalSeconds);
        }
    }

    private bool IsDue(Timeline timeline)
    {
        if (writer.Progress.Position == _committed && !_failed) return false;
        var rested = time.GetElapsedTime(_since);
        if (rested >= Long) return true;

        // Until there is one behind it, an activation has every start read all that its rules were fed with.
        return rested >= _rest && (_failed || timeline.Inputs - _inputs >= Many || timeline.ActiveRules.By > _activated);
    }

    // Null when it cannot be taken now.
    private async Task<SnapshotImage?> TakeAsync(TurnLoop loop, Derivation derivation, CancellationToken cancellationToken)
    {
        // What a snapshot is of must be in the log, the clock with it.
        if (!await loop.SettleAsync(cancellationToken) || loop.Timeline != derivation.Timeline) return null;
        var (timeline, progress, began) = (derivation.Timeline, writer.Progress, time.GetTimestamp());
        if (!SnapshotImage.IsOf(timeline, derivation.Decisions, progress)) return null;
        (_committed, _activated, _inputs, _since) = (progress.Position, timeline.ActiveRules.By, timeline.Inputs, time.GetTimestamp());
        try
        {
            var image = SnapshotImage.Take(timeline, progress, _catalogue);
            var took = time.GetElapsedTime(began);
            (_failed, _rest) = (false, Rest(took * ImageShare));
            Log.SnapshotTaken(logger, progress.Turn, image.Pieces.Sum(piece => (long)piece.Length), took.TotalMilliseconds);
            return image;
        }
        catch (Exception fault)
        {
            // A fault of ours must not end the service: it can do without snapshots, and says so.
            Fail(progress.Turn, fault);
            return null;
        }
    }

    // Beside the loop.
    private Task WriteAsync(SnapshotImage image, Func<CancellationToken, Task> pause, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var began = time.GetTimestamp();
            try
            {
                var size = await _snapshots.WriteAsync(writer.Epoch, image.Head, image.Pieces, pause, cancellationToken);
                var took = time.GetElapsedTime(began);
                _rest = Rest(_rest > took * Share ? _rest : took * Share);
                Log.SnapshotWritten(logger, image.Head.Turn, size, took.TotalMilliseconds);
            }
            catch (StoreException fault)
            {
                Fail(image.Head.Turn, fault);
            }
        },
        CancellationToken.None);

    private static TimeSpan Rest(TimeSpan fair) => fair < Shortest ? Shortest : fair > LongestRest ? LongestRest : fair;

    private void Fail(long turn, Exception fault)
    {
        (_failed, _since, _rest) = (true, time.GetTimestamp(), Failed);
        if (fault is StoreException) Log.SnapshotNotWritten(logger, turn, fault.Message);
        else Log.SnapshotNotTaken(logger, turn, fault);
    }
}
