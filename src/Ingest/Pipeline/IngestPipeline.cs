using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Everything between the sources and the turn: each source into its bounded queue, the queues in turn through Rx,
/// stamped in the order in which they leave, into windows for the reader. A source that faults is read again after a
/// pause and does not disturb the others.
/// </summary>
public sealed class IngestPipeline : IAsyncDisposable
{
    private readonly IngestPipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IngestMetrics _metrics;
    private readonly Sequencer _sequencer;
    private readonly WindowQueue _windows;
    private readonly FairDrain _drain;
    private readonly TickPort _ticks;
    private readonly ChannelPort<Func<Instant, StampedInput>> _others;
    private readonly Relay<IObservable<StampedInput>> _merging = new();
    private readonly Subject<ClockStepped> _steps = new();
    private readonly ConcurrentDictionary<IPort, string> _ports = [];
    private readonly Underway _pumps = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CompositeDisposable _subscriptions;
    private bool _drained;

    // The same for each of thousands of sources.
    private readonly SourcePort.Surroundings _around;

    /// <param name="logClock">The highest stamp on record; every stamp is behind it.</param>
    /// <param name="scheduler">Closes windows and minutes; of the same clock as <paramref name="time"/>.</param>
    public IngestPipeline(
        IngestPipelineOptions options,
        SequencerOptions sequencing,
        Instant logClock,
        TimeProvider time,
        IScheduler scheduler,
        IngestMetrics metrics,
        ILogger logger)
    {
        _options = options;
        _time = time;
        _others = new(options.SourceCapacity, singleWriter: false, Make, _merging.OnNext, OnClosed);
        _logger = logger;
        _metrics = metrics;
        _sequencer = new(time, logClock, sequencing, OnStep);
        _windows = new(scheduler, options.WindowCount, options.WindowAge, options.WindowCapacity, () => _drain!.Resume());
        _drain = new(_windows, options.Quantum, OnIdle, OnFault);
        _ticks = new(_sequencer, options.TickInterval / 2);
        _ports[_others] = "engine";
        _around = new(options, time, metrics, logger, Stamp, _merging.OnNext, OnClosed, _drain.Ready);

        var inputs = _merging.Merge().Merge(_ticks.Ticks).Publish();
        Activity = inputs.PerVmAndMinute(options.ActivityCapacity, scheduler);
        var windows = inputs.Subscribe(_windows);
        var merging = inputs.Connect();
        var ticks = time.CreateTimer(_ => OnInterval(), null, options.TickInterval / 2, options.TickInterval / 2);
        var depths = metrics.Watch(
            () => _ports.Select(p => (long)p.Key.Depth).Sum(), () => _ports.Select(p => (long)p.Key.Depth).DefaultIfEmpty().Max(), () => _windows.Depth, () => _ports.Count - 1);
        _subscriptions = new(ticks, windows, merging, depths);

        // The clock may have been found behind the log's.
        _drain.Ready(_others);
    }

    /// <summary>What the turn consumes; one reader. Completes after <see cref="StopAsync"/> when all has been read.</summary>
    public ChannelReader<IReadOnlyList<StampedInput>> Windows => _windows;

    /// <summary>Stamped inputs that wait for the reader.</summary>
    public int Waiting => _windows.Depth;

    /// <summary>Events per VM and minute. Counting goes on while somebody is subscribed.</summary>
    public IObservable<VmMinute> Activity { get; }

    /// <summary>Jumps of the wall clock, each of which is an input as well. Delivered while stamping; subscribers must be quick.</summary>
    public IObservable<ClockStepped> ClockSteps => _steps;

    /// <summary>Starts reading a source. From any thread.</summary>
    public void Add(IEventSource source)
    {
        var port = new SourcePort(source.Name, _around);
        _ports[port] = source.Name;
        _ = new SourcePump(source, port, _around, _drain, _pumps.Enter()).RunAsync(_stop.Token);
    }

    /// <summary>Starts reading the members of a group as they appear. From any thread.</summary>
    public void Add(IEventSourceGroup group) => _ = WatchAsync(group, _pumps.Enter());

    /// <summary>Puts an input that comes from no source into the same queue. Waits while it is full.</summary>
    /// <param name="make">Given the input's stamp, makes the input. Called once, on any thread; must not throw.</param>
    /// <exception cref="ChannelClosedException">The pipeline has been stopped.</exception>
    public async ValueTask EnqueueAsync(Func<Instant, StampedInput> make, CancellationToken cancellationToken = default)
    {
        if (!_others.Writer.TryWrite(make)) await _others.Writer.WriteAsync(make, cancellationToken);
        _drain.Ready(_others);
    }

    /// <summary>Stops the sources, lets what is queued flow into the windows, and ends when the reader has taken it all.</summary>
    /// <param name="cancellationToken">Gives up waiting for the reader.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _pumps.EmptyAsync().WaitAsync(cancellationToken);
        _others.Close();
        _drain.Ready(_others);
        await _windows.Completion.WaitAsync(cancellationToken);
    }

    /// <summary>Ends at once; what is still queued is lost unless <see cref="StopAsync"/> has ended before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _windows.OnCompleted();
        foreach (var port in _ports.Keys) port.Close();
        _subscriptions.Dispose();
        _steps.OnCompleted();
    }

    private async Task WatchAsync(IEventSourceGroup group, Underway pumps)
    {
        var supervisor = new Supervisor(group.Name, _options.FirstRestart, _options.LongestRestart, _time, _metrics, _logger);
        await supervisor.RunAsync(
            async token =>
            {
                await foreach (var member in group.MembersAsync(token)) Add(member);
            },
            _stop.Token);
        pumps.Leave();
    }

    private StampedInput Stamp(Arrival arrival) => arrival.Item switch
    {
        SourceItem.Event e => _sequencer.Stamp(e.Received, arrival.Weight, arrival.First, arrival.Span),
        SourceItem.Garbage garbage => _sequencer.Stamp(garbage.Item),
        _ => throw new InvalidOperationException($"unknown item {arrival.Item.GetType().Name}"),
    };

    private StampedInput Make(Func<Instant, StampedInput> make) => make(_sequencer.Next());

    private void OnInterval()
    {
        _ticks.Due();
        _drain.Ready(_ticks);
    }

    private void OnClosed(IPort port) => _ports.TryRemove(port, out _);

    // The engine's own port closes last, and only when no source is left to write.
    private void OnIdle()
    {
        if (_drained || !_ports.IsEmpty) return;
        _drained = true;
        _ticks.Close();
        _merging.OnCompleted();
    }

    private void OnFault(Exception fault)
    {
        Log.PipelineFailed(_logger, fault);
        _windows.OnError(fault);
        _stop.Cancel();
    }

    private void OnStep(ClockStepped step)
    {
        Log.ClockStepped(_logger, step.By.TotalSeconds, step.Ahead.TotalSeconds);
        _metrics.ClockStepped();
        _steps.OnNext(step);
        if (!_others.Writer.TryWrite(stamp => ClockEvents.Stepped(stamp, step))) return;

        // Not there yet while this is being made.
        _drain?.Ready(_others);
    }
}
