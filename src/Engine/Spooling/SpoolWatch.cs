using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Actions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Client;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Spooling;

/// <summary>All that the service has for a store that is away, put together: the outage and its alarm from the start on, the spool once the store is known.</summary>
internal sealed class SpoolWatch : IAsyncDisposable
{
    private readonly string _root;
    private readonly SpoolOptions _options;
    private readonly SpoolMetrics _metrics;
    private readonly ReceiverSet _receivers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _alarm;
    private string _identity = "";
    private Spool? _spool;

    private SpoolWatch(QualmConfig config, SpoolMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_root, _options, _metrics, _time) = (SpoolFolder.RootOf(config.Data), new SpoolOptions { Limit = config.SpoolLimit }, metrics, time);
        _logger = loggers.CreateLogger<SpoolWatch>();
        ReceiverConfig[] told = config.Receivers.IsEmpty
            ? [new ReceiverConfig.Log("alarms")]
            : [.. config.Receivers.Where(r => config.Alarms.IsEmpty || config.Alarms.Contains(r.Name))];
        _receivers = ReceiverSet.Of(told, time, loggers);
        var memory = new OutageMemory(_root);
        Outage = new Outage(time, memory.Read());
        _alarm = new OutageAlarm(_receivers.All, memory, Outage, () => (_spool?.Inputs ?? 0, _spool?.Bytes ?? 0), _options, time, _logger).RunAsync(_stop.Token);
    }

    public Outage Outage { get; }

    public static SpoolWatch Start(QualmConfig config, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers) => new(config, new SpoolMetrics(meters), time, loggers);

    /// <summary>The spool of this engine. Whoever asks owns it.</summary>
    /// <param name="identity">Of the store.</param>
    public Spool Open(string identity, long epoch)
    {
        _identity = identity;
        return _spool = new Spool(_root, identity, epoch, _options);
    }

    /// <summary>What earlier engines left. Call after <see cref="Open"/>.</summary>
    public Leftovers Leftovers(StoreHost store, TurnWriter writer, TurnLoop loop) =>
        new(_root, store, _identity, writer.Epoch, loop, () => writer.Progress.Clock, _metrics, _time, _logger);

    /// <summary>Says what this engine holds and cannot record while it stands by. Does not wait.</summary>
    public void StandBy() => Task.Run(() =>
    {
        var held = HeldSpools.Read(_root);
        if (held.Measure() is not { Inputs: > 0 and var inputs }) return;
        Log.StandbyHolds(_logger, inputs, _root);

        // Whoever leads by now measures its own.
        if (_spool is null) _metrics.Watch(() => Measure(held));
    });

    /// <summary>What leads windows into turns, and past a store that is away. Call after <see cref="Open"/>.</summary>
    /// <param name="taken">Called between turns.</param>
    public Intake Intake(ChannelReader<IReadOnlyList<StampedInput>> windows, TurnLoop loop, TurnWriter writer, MonitorContext monitors, Func<ValueTask> taken) => new(
        windows, loop, () => writer.Progress.Clock, taken, _spool!, _root, Outage,
        new Gates(monitors.Gate, monitors.Files, _options, _metrics, _logger), _options, _metrics, _time, _logger);

    private (long Inputs, long Bytes, double Age) Measure(HeldSpools held)
    {
        var (inputs, bytes, oldest) = held.Measure();
        return (inputs, bytes, oldest is { } since ? Math.Max(0, (Instant.From(_time.GetUtcNow()) - since).TotalSeconds) : 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _alarm;
        _receivers.Dispose();
        _stop.Dispose();
    }
}
