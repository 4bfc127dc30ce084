using System.Threading.Channels;
using Qualm.Ingest.Pipeline;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Takes late inputs into the queue of all inputs of a running engine, which stamps them.</summary>
/// <param name="committed">The clock of all that is committed. From any thread.</param>
internal sealed class PipelineSink(IngestPipeline pipeline, Func<Instant> committed, TimeProvider time) : ILateSink
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private long _queued;
    private long _stamped;
    private long _last;

    /// <exception cref="ChannelClosedException">The engine is stopping.</exception>
    public async Task TakeAsync(IReadOnlyList<Func<Instant, StampedInput>> inputs, CancellationToken cancellationToken)
    {
        foreach (var make in inputs)
        {
            await pipeline.EnqueueAsync(stamp => Stamp(make, stamp), cancellationToken);
            _queued++;
        }
    }

    // Stamps rise, and turns commit in their order.
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.Read(ref _stamped) < _queued || committed().Micros < Interlocked.Read(ref _last)) await Task.Delay(LookEvery, time, cancellationToken);
    }

    private StampedInput Stamp(Func<Instant, StampedInput> make, Instant stamp)
    {
        Interlocked.Exchange(ref _last, stamp.Micros);
        Interlocked.Increment(ref _stamped);
        return make(stamp);
    }
}
