using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Holds at most one tick, and lets it pass only when no input has done its work meanwhile.</summary>
/// <param name="quiet">How long there must have been no input.</param>
internal sealed class TickPort(Sequencer sequencer, TimeSpan quiet) : IPort
{
    private readonly Relay<StampedInput> _ticks = new();
    private int _due;
    private int _marked;

    public IObservable<StampedInput> Ticks => _ticks;

    public int Depth => Volatile.Read(ref _due);

    public bool IsReady => Depth != 0;

    public void Due() => Volatile.Write(ref _due, 1);

    public bool TryMark() => Interlocked.Exchange(ref _marked, 1) == 0;

    public void Unmark() => Volatile.Write(ref _marked, 0);

    public int Pass(int quantum, WindowQueue room)
    {
        if (Interlocked.Exchange(ref _due, 0) == 0 || sequencer.SinceLast < quiet) return 0;
        _ticks.OnNext(sequencer.Tick());
        return 1;
    }

    public void Close() => _ticks.OnCompleted();
}
