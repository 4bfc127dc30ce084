using System.Reactive.Linq;
using System.Threading.Channels;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>A bounded queue whose items leave as stamped inputs of an observable of its own, which ends with the queue.</summary>
/// <param name="open">Takes the observable, once, when the first item is about to leave.</param>
/// <param name="closed">Told when the queue has ended and all has left.</param>
internal sealed class ChannelPort<T>(
    int capacity, bool singleWriter, Func<T, StampedInput?> stamp, Action<IObservable<StampedInput>> open, Action<IPort> closed) : IPort
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = singleWriter });

    private readonly Relay<T> _items = new();
    private bool _opened;
    private bool _ended;
    private int _marked;

    public ChannelWriter<T> Writer => _channel.Writer;

    public int Depth => _channel.Reader.Count;

    public bool IsReady => !_ended && (_channel.Reader.TryPeek(out _) || _channel.Reader.Completion.IsCompleted);

    public bool TryMark() => Interlocked.Exchange(ref _marked, 1) == 0;

    public void Unmark() => Volatile.Write(ref _marked, 0);

    public void Close() => _channel.Writer.TryComplete();

    public int Pass(int quantum, WindowQueue room)
    {
        if (!_opened)
        {
            _opened = true;
            open(_items.Select(stamp).Where(input => input is not null).Select(input => input!));
        }

        var passed = 0;
        while (passed < quantum && room.HasRoom && _channel.Reader.TryRead(out var item))
        {
            _items.OnNext(item);
            passed++;
        }

        if (!_ended && _channel.Reader.Completion.IsCompleted)
        {
            _ended = true;
            _items.OnCompleted();
            closed(this);
        }

        return passed;
    }
}
