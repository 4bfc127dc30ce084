using System.Collections.Concurrent;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Moves items from the ports to the windows, one thread at a time, the ports taking turns. Whoever brings an item
/// drains it on its own thread when nobody else does, which saves a change of threads; long work moves to the pool.
/// </summary>
/// <param name="idle">Called by the drain when no port is ready.</param>
/// <param name="fault">Called when passing an item threw; the drain does nothing more.</param>
internal sealed class FairDrain(WindowQueue room, int quantum, Action idle, Action<Exception> fault) : IThreadPoolWorkItem
{
    private const int InlineItems = 128;
    private const int PoolItems = 8192;

    private readonly ConcurrentQueue<IPort> _ready = new();
    private int _work;

    /// <summary>A port has something to pass. Drains here and now unless another thread does.</summary>
    public void Ready(IPort port)
    {
        if (port.TryMark()) _ready.Enqueue(port);
        if (Interlocked.Increment(ref _work) == 1) Drain(InlineItems);
    }

    /// <summary>There is room again, or the end has come. Drains on the pool.</summary>
    public void Resume()
    {
        if (Interlocked.Increment(ref _work) == 1) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute() => Drain(PoolItems);

    private void Drain(int budget)
    {
        try
        {
            var seen = Volatile.Read(ref _work);
            do
            {
                while (room.HasRoom && _ready.TryDequeue(out var port))
                {
                    budget -= 1 + port.Pass(quantum, room);
                    Return(port);
                    if (budget > 0) continue;
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                if (_ready.IsEmpty) idle();
                seen = Interlocked.Add(ref _work, -seen);
            }
            while (seen != 0);
        }
        catch (Exception e)
        {
            // The claim on the work is kept: a drain that failed must not go on with half an item passed.
            fault(e);
        }
    }

    private void Return(IPort port)
    {
        if (!port.IsReady)
        {
            port.Unmark();
            if (!port.IsReady || !port.TryMark()) return;
        }

        _ready.Enqueue(port);
    }
}
