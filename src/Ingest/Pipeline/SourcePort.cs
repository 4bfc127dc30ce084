using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>A source's queue, whose items leave as stamped inputs of an observable of its own, which ends with the queue.</summary>
internal sealed class SourcePort : IPort
{
    private readonly Relay<Arrival> _items = new();
    private readonly Func<Arrival, StampedInput> _stamp;
    private readonly Action<IObservable<StampedInput>> _open;
    private readonly Action<IPort> _closed;
    private bool _opened;
    private bool _ended;
    private int _marked;

    /// <param name="open">Takes the observable, once, when the first item is about to leave.</param>
    /// <param name="closed">Told when the queue has ended and all has left.</param>
    /// <param name="ready">Told, from a timer, when what was held back may leave.</param>
    public SourcePort(
        string source,
        IngestPipelineOptions options,
        TimeProvider time,
        IngestMetrics metrics,
        ILogger logger,
        Func<Arrival, StampedInput> stamp,
        Action<IObservable<StampedInput>> open,
        Action<IPort> closed,
        Action<IPort> ready)
    {
        (_stamp, _open, _closed) = (stamp, open, closed);
        Queue = new(source, options, time, metrics, logger, () => ready(this));
    }

    public SourceQueue Queue { get; }

    public int Depth => Queue.Depth;

    public bool IsReady => !_ended && Queue.IsReady;

    public bool TryMark() => Interlocked.Exchange(ref _marked, 1) == 0;

    public void Unmark() => Volatile.Write(ref _marked, 0);

    public void Close() => Queue.Complete();

    public int Pass(int quantum, WindowQueue room)
    {
        if (!_opened)
        {
            _opened = true;
            _open(_items.Select(_stamp));
        }

        var passed = 0;
        while (passed < quantum && room.HasRoom && Queue.TryTake(out var arrival))
        {
            _items.OnNext(arrival);
            passed++;
        }

        if (!_ended && Queue.HasEnded)
        {
            _ended = true;
            _items.OnCompleted();
            _closed(this);
        }

        return passed;
    }
}
