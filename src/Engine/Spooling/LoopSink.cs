using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Takes late inputs straight into turns, with stamps of now: before there is a pipeline, and anybody else who stamps.</summary>
/// <param name="committed">The clock of all that is committed.</param>
internal sealed class LoopSink(TurnLoop loop, Func<Instant> committed, TimeProvider time) : ILateSink
{
    private Instant _last = Instant.MinValue;

    public Task TakeAsync(IReadOnlyList<Func<Instant, StampedInput>> inputs, CancellationToken cancellationToken)
    {
        if (_last == Instant.MinValue) _last = Instant.Max(committed(), Instant.From(time.GetUtcNow()));
        return loop.TakeAsync([.. inputs.Select(make => make(_last = new Instant(_last.Micros + 1)))], cancellationToken);
    }

    public Task SettleAsync(CancellationToken cancellationToken) => loop.FlushAsync(cancellationToken);
}
