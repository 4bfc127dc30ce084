namespace Qualm.Store.Writing;

/// <summary>A turn's place in the queue of a writer: what the one behind it has to wait for.</summary>
/// <remarks>
/// A turn <em>enters</em> when its rows are in its transaction and only the end is left. Then the next may go <em>ahead</em>: put its own rows into
/// a transaction on the other connection. At most two are under way like that, because the next enters only when this one is done.
/// A turn that has to be tried again first calls back the one that went ahead, whose rows may stand in its way.
/// </remarks>
internal sealed class QueuePlace
{
    private readonly TaskCompletionSource _entered = New();
    // Whoever waits for the turn before goes on at once, on the thread that has heard of its end.
    private readonly TaskCompletionSource _done = new();
    private readonly TaskCompletionSource _called = New();
    private readonly TaskCompletionSource _back = New();
    private readonly Lock _lock = new();
    private QueuePlace? _before;
    private QueuePlace? _ahead;
    private IReadOnlySet<string> _unseen = NoStreams;

    internal QueuePlace(QueuePlace? before) => _before = before is { IsDone: false } ? before : null;

    internal static IReadOnlySet<string> NoStreams { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The turn before this one; null when it is done.</summary>
    internal QueuePlace? Before => _before is { IsDone: false } ? _before : null;

    /// <summary>Which of the two connections the turn is written on.</summary>
    internal int Lane { get; set; }

    internal bool IsDone => _done.Task.IsCompleted;

    /// <summary>Completes when the rows are in the transaction, or the turn is done.</summary>
    internal Task Entered => _entered.Task;

    /// <summary>Completes when the turn is committed or has failed.</summary>
    internal Task Done => _done.Task;

    /// <param name="unseen">Streams of this turn that another transaction cannot see, or cannot know the version of, before its end.</param>
    internal void Enter(IReadOnlySet<string> unseen)
    {
        _unseen = unseen;
        _entered.TrySetResult();
    }

    /// <summary>Every turn waits for the one before it, so waiting for that one is enough.</summary>
    internal Task WaitForAllBeforeAsync() => Before?.Done ?? Task.CompletedTask;

    internal void Finish()
    {
        _before = null;
        _done.TrySetResult();
        _entered.TrySetResult();
        _back.TrySetResult();
    }

    /// <summary>Lets <paramref name="next"/> go ahead while this turn is being committed.</summary>
    /// <returns>False when it is not safe, or not worth it any more.</returns>
    internal bool TryLetAhead(QueuePlace next, string[] streams)
    {
        if (_unseen.Count > 0 && Array.Exists(streams, _unseen.Contains)) return false;
        lock (_lock)
        {
            if (_called.Task.IsCompleted || IsDone) return false;
            _ahead = next;
            return true;
        }
    }

    /// <summary>Waits, having gone ahead, for the end of the turn before.</summary>
    /// <returns>False when this turn is to come back: it was called, or has waited for longer than <paramref name="patience"/>.</returns>
    internal async Task<bool> WaitAheadAsync(TimeSpan patience, TimeProvider time)
    {
        if (Before is not { } before) return true;
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(before._done.Task, before._called.Task, Task.Delay(patience, time, enough.Token));
        await enough.CancelAsync();
        return before.IsDone;
    }

    /// <summary>This turn's own transaction, which went ahead, is rolled back.</summary>
    internal void ComeBack() => _back.TrySetResult();

    /// <summary>Calls back the turn that went ahead, if one did, and lets none go ahead of this one any more.</summary>
    internal async Task CallBackAsync()
    {
        QueuePlace? ahead;
        lock (_lock)
        {
            ahead = _ahead;
            _called.TrySetResult();
        }

        if (ahead is not null) await ahead._back.Task;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
