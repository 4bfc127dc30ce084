using Microsoft.Extensions.Logging;
using Qualm.Actions;

namespace Qualm.Engine.Hosting;

/// <summary>Delivers to the receivers there are; more may be added while it runs.</summary>
/// <param name="makeWorker">Makes what delivers to some receivers.</param>
internal sealed class Deliverers(Func<IEnumerable<IReceiver>, DeliveryWorker> makeWorker, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<(ReceiverSet Receivers, DeliveryWorker Worker, Task Run)> _all = [];

    /// <summary>Starts delivering to those receivers that are not served yet.</summary>
    public void Add(IEnumerable<ReceiverConfig> configs)
    {
        lock (_gate)
        {
            var served = _all.SelectMany(a => a.Receivers.All).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
            ReceiverConfig[] added = [.. configs.Where(c => !served.Contains(c.Name))];
            if (added.Length == 0) return;
            var receivers = ReceiverSet.Of(added, time, loggers);
            var worker = makeWorker(receivers.All);
            _all.Add((receivers, worker, worker.RunAsync(_stop.Token)));
            Log.Receivers(loggers.CreateLogger<Deliverers>(), string.Join(", ", receivers.All.Select(r => r.Name)));
        }
    }

    /// <summary>Tells that the outbox has something new.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            foreach (var (_, worker, _) in _all) worker.Wake();
        }
    }

    /// <summary>Ends what is under way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_all.Select(a => a.Run));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var (receivers, _, _) in _all) receivers.Dispose();
        _stop.Dispose();
    }
}
