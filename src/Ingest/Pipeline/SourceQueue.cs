using System.Threading.Channels;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// The bounded queue of one source, in which floods are folded. Nearly full, it folds whatever can be folded, however slow
/// it comes, and takes as much again of that. One writer, one reader.
/// </summary>
/// <param name="port">Said to be ready, from a timer, when what was held back may leave.</param>
internal sealed class SourceQueue(string source, IPort port, SourcePort.Surroundings around)
{
    private const long PauseMicros = 60 * Instant.Second;

    private readonly Lock _gate = new();
    private readonly Queue<Arrival> _ready = new();
    private readonly long _started = around.Time.GetTimestamp();
    private FloodFold? _fold;
    private ITimer? _timer;
    private TaskCompletionSource? _room;
    private long _bytes;
    private long? _foldedAt;
    private bool _timed;
    private bool _completed;

    /// <summary>Items that wait, those still open to equal ones included.</summary>
    public int Depth
    {
        get
        {
            lock (_gate) return Count;
        }
    }

    /// <summary>Whether something may leave, or all has left.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate) return _ready.Count > 0 || Ended || (_fold is { Open: > 0 } fold && fold.Due(Now, Pressed) <= Now);
        }
    }

    /// <summary>Nothing comes any more, and all has left.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate) return Ended;
        }
    }

    private bool Ended => _completed && Count == 0;

    private int Count => _ready.Count + (_fold?.Open ?? 0);

    // What is still open to equal ones leaves by itself and is bounded by the number of runs.
    private bool Pressed => _ready.Count >= around.Options.SourceCapacity || (_bytes >= around.Options.SourceBytes && _ready.Count > 0);

    private bool HasRoom => _ready.Count < 2 * around.Options.SourceCapacity && (_bytes < 2 * around.Options.SourceBytes || _ready.Count == 0);

    private long Now => around.Time.GetElapsedTime(_started).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <returns>False when there is no room.</returns>
    /// <exception cref="ChannelClosedException">The queue takes nothing more.</exception>
    public bool TryAdd(SourceItem item)
    {
        lock (_gate)
        {
            if (_completed) throw new ChannelClosedException();
            return item is SourceItem.Event { Foldable: true } e && around.Options.Flood is { } flood ? TryFold(e, flood) : TryPass(item);
        }
    }

    /// <summary>Completes when there may be room.</summary>
    /// <exception cref="ChannelClosedException">The queue takes nothing more.</exception>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_completed || !Pressed) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public bool TryTake(out Arrival arrival)
    {
        TaskCompletionSource? room = null;
        bool taken;
        lock (_gate)
        {
            if (_fold is { Open: > 0 } fold)
            {
                fold.CloseDue(Now, Pressed);
                if (fold.Open > 0 && !_timed) Time(fold);
            }

            taken = _ready.TryDequeue(out arrival);
            if (taken)
            {
                // Events folded into one may differ by a digit of their time.
                _bytes = Count == 0 ? 0 : _bytes - SizeOf(arrival.Item);
                if (around.Metrics.MeasuresDelay) around.Metrics.Delayed(TimeSpan.FromMicroseconds(Now - arrival.ReceivedAt));
            }

            if (_room is not null && !Pressed) (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        return taken;
    }

    /// <summary>Takes nothing more; what is held back may leave.</summary>
    public void Complete()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _completed = true;
            _fold?.Close();
            (room, _room) = (_room, null);
            _timer?.Dispose();
        }

        room?.TrySetResult();
    }

    private bool TryPass(SourceItem item)
    {
        if (Pressed) return false;
        _fold?.Close();
        Give(new(item, Now));
        _bytes += SizeOf(item);
        return true;
    }

    private bool TryFold(SourceItem.Event e, FloodOptions flood)
    {
        _fold ??= new(flood, Give);
        var (before, now) = (Count, Now);
        if (!_fold.TryTake(e, now, Pressed, HasRoom)) return false;
        if (Count > before) _bytes += SizeOf(e);
        else around.Metrics.Folded(source);
        if (_fold.Open > 0 && !_timed) Time(_fold);
        return true;
    }

    private void Give(Arrival arrival)
    {
        _ready.Enqueue(arrival);
        if (arrival.Run is null) return;
        around.Metrics.FoldedRun(source);

        // Once a flood, not once a run: a pause between two tells them apart.
        var now = Now;
        if (_foldedAt is not { } last || now - last > PauseMicros) Log.Flood(around.Logger, source, arrival.Item is SourceItem.Event e ? e.Received.Event.Name : "", around.Options.Flood!.Budget);
        _foldedAt = now;
    }

    // A timer that comes early sets itself again.
    private void Time(FloodFold fold)
    {
        if (_completed) return;
        var now = Now;
        var wait = TimeSpan.FromMicroseconds(Math.Max(1000, fold.Due(now, Pressed) - now));
        _timed = true;
        if (_timer is null) _timer = around.Time.CreateTimer(_ => OnTime(), null, wait, Timeout.InfiniteTimeSpan);
        else _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTime()
    {
        lock (_gate) _timed = false;
        around.Ready(port);
    }

    private static long SizeOf(SourceItem item) => item switch
    {
        SourceItem.Event e => e.Received.Event.Raw.Length,
        SourceItem.Garbage garbage => garbage.Item.Bytes.Length,
        _ => 0,
    };
}
