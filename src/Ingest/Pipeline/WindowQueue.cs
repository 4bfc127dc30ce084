using System.Reactive.Concurrency;
using System.Threading.Channels;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// The group-commit windows. One window is open; it closes when it is full, when it is old, or at once when the
/// reader asks and nothing older waits. So a reader that keeps up gets each input without delay, and one that does
/// not gets larger windows. One writer, one reader.
/// </summary>
internal sealed class WindowQueue(IScheduler scheduler, int windowCount, TimeSpan windowAge, int capacity, Action madeRoom)
    : ChannelReader<IReadOnlyList<StampedInput>>, IObserver<StampedInput>
{
    private readonly Lock _gate = new();
    private readonly Queue<List<StampedInput>> _closed = new(capacity);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<StampedInput> _open = [];
    private DateTimeOffset _openedAt;
    private TaskCompletionSource<bool>? _waiter;
    private Exception? _fault;
    private bool _ended;
    private bool _timed;

    /// <summary>Whether one more input can be taken. Stays true until the writer adds one.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return Roomy;
        }
    }

    /// <summary>Inputs waiting for the reader.</summary>
    public int Depth
    {
        get
        {
            lock (_gate) return _open.Count + _closed.Sum(window => window.Count);
        }
    }

    public override bool CanCount => true;

    /// <summary>Closed windows that wait.</summary>
    public override int Count
    {
        get
        {
            lock (_gate) return _closed.Count;
        }
    }

    public override Task Completion => _completion.Task;

    private bool Roomy => !_ended && (_open.Count < windowCount - 1 || _closed.Count < capacity);

    private bool Any => _open.Count > 0 || _closed.Count > 0;

    public void OnNext(StampedInput value)
    {
        TaskCompletionSource<bool>? waiter;
        var setTimer = false;
        lock (_gate)
        {
            _open.Add(value);
            waiter = _waiter;
            _waiter = null;
            if (_open.Count == 1) _openedAt = scheduler.Now;
            if (_open.Count >= windowCount)
            {
                Close();
            }
            else if (waiter is null && !_timed)
            {
                _timed = setTimer = true;
            }
        }

        waiter?.TrySetResult(true);
        if (setTimer) scheduler.Schedule(windowAge, OnAge);
    }

    public void OnCompleted() => End(null);

    public void OnError(Exception error) => End(error);

    public override bool TryRead(out IReadOnlyList<StampedInput> item)
    {
        bool wasFull, finished;
        lock (_gate)
        {
            wasFull = !Roomy;
            if (_open.Count > 0 && _closed.Count == 0) Close();
            item = _closed.TryDequeue(out var window) ? window : [];
            finished = _ended && !Any;
        }

        if (finished) Finish();
        if (item.Count > 0 && wasFull) madeRoom();
        return item.Count > 0;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<bool>(cancellationToken);
        TaskCompletionSource<bool> waiter;
        lock (_gate)
        {
            if (Any) return new(true);
            if (_ended) return _fault is null ? new(false) : ValueTask.FromException<bool>(_fault);
            if (_waiter is not null) throw new InvalidOperationException("the windows have one reader");
            _waiter = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(waiter, cancellationToken) : new(waiter.Task);
    }

    private async ValueTask<bool> WaitAsync(TaskCompletionSource<bool> waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(waiter, cancellationToken), null);
        return await waiter.Task;
    }

    private void Cancel(TaskCompletionSource<bool> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiter == waiter) _waiter = null;
        }

        waiter.TrySetCanceled(cancellationToken);
    }

    private void OnAge()
    {
        var left = TimeSpan.Zero;
        lock (_gate)
        {
            _timed = false;
            if (_open.Count == 0 || _closed.Count >= capacity) return;
            left = _openedAt + windowAge - scheduler.Now;
            if (left <= TimeSpan.Zero) Close();
            else _timed = true;
        }

        if (left > TimeSpan.Zero) scheduler.Schedule(left, OnAge);
    }

    private void Close()
    {
        _closed.Enqueue(_open);
        _open = [];
    }

    private void End(Exception? fault)
    {
        TaskCompletionSource<bool>? waiter;
        bool finished;
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _fault = fault;
            waiter = _waiter;
            _waiter = null;
            finished = !Any;
        }

        if (fault is null) waiter?.TrySetResult(false);
        else waiter?.TrySetException(fault);
        if (finished) Finish();
    }

    private void Finish()
    {
        if (_fault is null) _completion.TrySetResult();
        else _completion.TrySetException(_fault);
    }
}
