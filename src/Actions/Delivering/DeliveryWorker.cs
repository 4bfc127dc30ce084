using Microsoft.Extensions.Logging;

namespace Qualm.Actions;

/// <summary>
/// Delivers the outbox. For each receiver and alert in order and one at a time; always with the same key; again with
/// growing waits until it is delivered, refused, or given up.
/// </summary>
public sealed class DeliveryWorker
{
    private readonly ReceiverLane[] _lanes;
    private readonly Random _random;
    private readonly Lock _randomLock = new();

    /// <param name="receivers">With names of their own. Messages for others stay in the outbox until there is a receiver of that name.</param>
    /// <param name="random">Spreads the attempts; used under a lock.</param>
    /// <exception cref="ArgumentException">Two receivers have one name.</exception>
    public DeliveryWorker(
        IEnumerable<IReceiver> receivers,
        IOutbox outbox,
        TimeProvider time,
        DeliveryOptions options,
        Random random,
        ActionsMetrics metrics,
        ILogger<DeliveryWorker> logger)
    {
        _random = random;
        var byName = new Dictionary<string, ReceiverLane>(StringComparer.Ordinal);
        foreach (var receiver in receivers)
        {
            if (!byName.TryAdd(receiver.Name, new ReceiverLane(receiver, outbox, time, options, Jitter, metrics, logger)))
            {
                throw new ArgumentException($"two receivers are named '{receiver.Name}'", nameof(receivers));
            }
        }

        _lanes = [.. byName.Values];
    }

    /// <summary>Tells that the outbox has something new, so that it need not wait for the next look. From any thread; cheap.</summary>
    public void Wake()
    {
        foreach (var lane in _lanes) lane.Wake();
    }

    /// <summary>Runs until cancelled, then for at most <see cref="DeliveryOptions.Drain"/> more. To be run once.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_lanes.Select(lane => Task.Run(() => lane.RunAsync(cancellationToken), CancellationToken.None)));

    private double Jitter()
    {
        lock (_randomLock) return _random.NextDouble();
    }
}
