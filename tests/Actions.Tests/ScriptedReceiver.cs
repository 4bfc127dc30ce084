using System.Collections.Concurrent;

namespace Qualm.Actions.Tests;

/// <summary>Answers as told, and remembers what it was sent.</summary>
internal sealed class ScriptedReceiver(string name, TimeProvider time, Func<Delivery, Task<DeliveryOutcome>> answer) : IReceiver
{
    private readonly ConcurrentDictionary<string, int> _underWay = new();

    public ConcurrentQueue<(Delivery Delivery, DateTimeOffset At, DeliveryOutcome? Outcome)> Got { get; } = new();

    /// <summary>Whether two messages with one key were ever under way at once.</summary>
    public bool Overlapped { get; private set; }

    public string Name => name;

    public static ScriptedReceiver Answering(string name, TimeProvider time, Func<Delivery, DeliveryOutcome> answer) =>
        new(name, time, d => Task.FromResult(answer(d)));

    public async Task<DeliveryOutcome> DeliverAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (_underWay.AddOrUpdate(delivery.DedupKey, 1, (_, n) => n + 1) > 1) Overlapped = true;
        await Task.Yield();
        var at = time.GetUtcNow();
        var outcome = await answer(delivery).WaitAsync(cancellationToken);
        Got.Enqueue((delivery, at, outcome));
        _underWay.AddOrUpdate(delivery.DedupKey, 0, (_, n) => n - 1);
        return outcome;
    }
}
