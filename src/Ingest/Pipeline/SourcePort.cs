using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>A source's queue, whose items leave as stamped inputs of an observable of its own, which ends with the queue.</summary>
internal sealed class SourcePort : IPort
{
    private readonly Relay<Arrival> _items = new();
    private readonly Surroundings _around;
    private bool _opened;
    private bool _ended;
    private int _marked;

    public SourcePort(string source, Surroundings around)
    {
        _around = around;
        Queue = new(source, this, around);
    }

    /// <summary>What all ports of a pipeline share.</summary>
    /// <param name="Open">Takes a port's observable, once, when its first item is about to leave.</param>
    /// <param name="Closed">Told when a port's queue has ended and all has left.</param>
    /// <param name="Ready">Told, from a timer, when what was held back may leave.</param>
    public sealed record Surroundings(
        IngestPipelineOptions Options,
        TimeProvider Time,
        IngestMetrics Metrics,
        ILogger Logger,
        Func<Arrival, StampedInput> Stamp,
        Action<IObservable<StampedInput>> Open,
        Action<IPort> Closed,
        Action<IPort> Ready);

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
            _around.Open(_items.Select(_around.Stamp));
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
            _around.Closed(this);
        }

        return passed;
    }
}
