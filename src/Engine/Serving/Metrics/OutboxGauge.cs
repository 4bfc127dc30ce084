using System.Diagnostics.Metrics;
using Qualm.Store;
using Qualm.Store.Outbox;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>How many messages are owed and given up, asked of the store now and then.</summary>
internal sealed class OutboxGauge
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyList<ReceiverCounts> _counts = [];

    /// <summary>Asks until it is cancelled.</summary>
    public async Task RunAsync(OutboxStore outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do _counts = await CountAsync(outbox, cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    public IEnumerable<Measurement<long>> Pending() => _counts.Select(c => Of(c, c.Pending));

    public IEnumerable<Measurement<long>> Dead() => _counts.Select(c => Of(c, c.Dead));

    // While the store is away nobody knows better.
    private async Task<IReadOnlyList<ReceiverCounts>> CountAsync(OutboxStore outbox, CancellationToken cancellationToken)
    {
        try
        {
            return await outbox.CountOpenAsync(cancellationToken);
        }
        catch (StoreException)
        {
            return _counts;
        }
    }

    private static Measurement<long> Of(ReceiverCounts counts, long value) => new(value, new KeyValuePair<string, object?>("receiver", counts.Receiver));
}
