using System.Threading.Channels;
using Qualm.Engine.Turns;

namespace Qualm.Engine.Hosting;

/// <summary>Tells whoever looks on what the turns bring. A slow onlooker loses the oldest; the engine never waits.</summary>
internal sealed class Onlookers
{
    private const int Capacity = 1024;

    private readonly Channel<Committed> _turns = Channel.CreateBounded<Committed>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    /// <param name="any">Whether anybody looks on; else nothing is kept.</param>
    public Onlookers(bool any) => Any = any;

    public bool Any { get; }

    public ChannelReader<Committed> Turns => _turns.Reader;

    public void Tell(Committed turn)
    {
        if (Any) _turns.Writer.TryWrite(turn);
    }
}
