using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Actions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Leading;
using Qualm.Engine.Serving;
using Qualm.Engine.Snapshotting;
using Qualm.Engine.Spooling;
using Qualm.Engine.Turns;
using Qualm.Ingest;
using Qualm.Ingest.Client;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Documents;
using Qualm.Store.Inbox;
using Qualm.Store.Outbox;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Hosting;

/// <summary>The service: opens the store, derives where the log ends, then takes in what the sources send until it is stopped, and drains.</summary>
internal sealed class QualmService(
    QualmConfig config,
    Onlookers onlookers,
    EngineWatch watch,
    TimeProvider time,
    IMeterFactory meters,
    ILoggerFactory loggers,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>Pieces of garbage that a turn logs one by one; the rest are counted. All of them are kept.</summary>
    private const int GarbageLogged = 10;

    private readonly ILogger _logger = loggers.CreateLogger<QualmService>();
    private readonly RuleWatch _ruleWatch = new(config.Rules, time, loggers.CreateLogger<RuleWatch>());
    private RuleReloader? _reloader;
    private int _ruleFiles;
    private bool _serving;

    /// <summary>What the process should end with.</summary>
    public int ExitCode { get; private set; }

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    /// <summary>Asks for the rules to be read again. From any thread, at any time.</summary>
    public void Reload() => _ruleWatch.Ask();

    public override void Dispose()
    {
        _ruleWatch.Dispose();
        base.Dispose();
    }

    private IReadOnlySet<string>? ReceiverNames =>
        config.Receivers.IsEmpty ? null : config.Receivers.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before it was ready.
        }
        catch (Exception e) when (stoppingToken.IsCancellationRequested && !_serving && e is (StoreException or IOException))
        {
            // So was this; what had begun was cut short.
            Log.StartCutShort(_logger, e.Message);
        }
        catch (Exception e) when (e is StoreException or ConfigException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(_logger, e.Message);
            watch.Health.Draining();
            ExitCode = e is ConfigException ? Cli.ExitCode.Misuse : Cli.ExitCode.Unavailable;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nobody foresaw it; whoever watches over the process is to start it again.
            ExitCode = Cli.ExitCode.Unavailable;
            throw;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        _ruleWatch.Begin();
        var (rules, set) = CompiledRules.Require(config.Rules, ReceiverNames);
        _ruleFiles = rules.Files.Length;
        await using var spooling = SpoolWatch.Start(config, meters, time, loggers);
        await using var store = await StoreStart.OpenAsync(config, spooling.Outage, time, _logger, stopping);
        await using var server = new PrivateServer(config, time);
        var shelf = new SnapshotShelf(store, QmpCatalogue.Instance, Recorded, _logger);
        var candidate = new Candidate(store, config.Standby, new Follower(store, shelf, Recorded, _logger), server.ReviveAsync, spooling.Outage, watch.Health, time, _logger)
        {
            StandsBy = spooling.StandBy,
        };
        var (leading, warm) = await candidate.LeadAsync(stopping);
        await using var writer = leading;
        (rules, set) = Newest(rules, set);
        await using var lease = new LeaseKeeper(store, writer.Epoch, () => watch.Health.Look().Stuck, () => GiveWay(writer.Epoch), time, _logger);
        var started = time.GetTimestamp();
        var derivations = new Derivations(store, writer, shelf, Recorded, onlookers.Any, _logger) { Health = watch.Health, Warm = warm };
        var loop = new TurnLoop(writer, derivations.DeriveAsync, server.ReviveAsync, Tell, time, loggers.CreateLogger<TurnLoop>()) { Watch = watch.Turns, Outage = spooling.Outage };
        using var spool = spooling.Open(await StoreIdentity.ReadAsync(store, stopping), writer.Epoch);
        var leftovers = spooling.Leftovers(store, writer, loop);
        await leftovers.TakeHeadAsync(stopping);
        var coming = await PlanAsync(shelf, writer.Progress, rules, set, stopping);
        var timeline = await loop.StartAsync(coming, stopping);
        await watch.BeginAsync(store, timeline, stopping);
        watch.Metrics.Activated(rules.Digest);
        Log.StoreOpened(
            _logger, Version, store.Describe(), writer.Epoch, derivations.Current!.Fed, writer.Progress.Turn > 0 ? timeline.Clock.ToString() : "now",
            derivations.Current.Origin, time.GetElapsedTime(started).TotalSeconds);
        await loop.TakeAsync(Opening(writer.Progress, timeline, coming), stopping);
        await leftovers.TakeLateAsync(stopping);
        await loop.FlushAsync(stopping);
        spooling.Outage.End();
        Log.RulesLoaded(_logger, set.Names.Count(), _ruleFiles, config.Rules, rules.Digest[..12], coming is null ? "" : ", newly activated");

        await ServeAsync(store, writer, loop, spooling, leftovers, candidate.Deposed, derivations, rules, set, stopping);
        Log.Drained(_logger);
    }

    private async Task ServeAsync(
        StoreHost store, TurnWriter writer, TurnLoop loop, SpoolWatch spooling, Leftovers leftovers, ProcessMark? deposed, Derivations derivations, RuleSetText rules, RuleSet set,
        CancellationToken stopping)
    {
        var metrics = new IngestMetrics(meters);
        var sequencing = SequencerOptions.Default with { MaxClockSkew = config.MaxClockSkew };
        await using var pipeline = new IngestPipeline(
            IngestPipelineOptions.Default with { Flood = config.Flood }, sequencing, loop.Timeline!.Clock, time, new TimeProviderScheduler(time), metrics, loggers.CreateLogger<IngestPipeline>());
        var monitors = new MonitorContext(
            QmpClientOptions.Default, new ConnectionEpochs(writer.Epoch), new MonitorBoard(), new Jitter(new Random((int)writer.Epoch)), time, metrics,
            loggers.CreateLogger<QmpMonitorSource>())
        {
            IsDeposed = process => deposed is { } mark && mark.Is(process),
        };

        var outbox = new StoredOutbox(new OutboxQueues(store));
        var actions = new ActionsMetrics(meters);
        await using var deliverers = new Deliverers(
            all => new DeliveryWorker(all, outbox, time, new DeliveryOptions(), new Random((int)writer.Epoch), actions, loggers.CreateLogger<DeliveryWorker>()), time, loggers);
        deliverers.Add(Receivers(set));
        using var stopWaking = new CancellationTokenSource();
        var waking = WakeAsync(writer.Outbox, deliverers, stopWaking.Token);

        var activity = new ActivityBoard();
        using var counting = pipeline.Activity.Subscribe(activity);
        var publisher = new Publisher(new DocumentStore(store), activity, loggers.CreateLogger<Publisher>());
        SourceFactory.AddAll(pipeline, config.Sources, monitors, await ResumeAsync(store, stopping));
        Log.Sources(_logger, config.Sources.IsEmpty ? "none; name some in qualm.yaml" : string.Join(", ", config.Sources));
        var draining = new InboxDrain(new InboxStore(store), pipeline, time, loggers.CreateLogger<InboxDrain>()).RunAsync(stopping);
        var reloader = new RuleReloader(config.Rules, ReceiverNames, rules, derivations, pipeline, next => deliverers.Add(Receivers(next)), time, _logger) { Watch = watch };
        _reloader = reloader;
        var reloading = reloader.RunAsync(_ruleWatch, stopping);
        var snapshots = new SnapshotTaker(store, writer, QmpCatalogue.Instance, derivations.Current!, time, _logger);
        var late = new LeftoverWatch(leftovers, new PipelineSink(pipeline, () => writer.Progress.Clock, time), spooling.Outage, time).RunAsync(stopping);
        var watching = watch.RunAsync(store, monitors.Board, stopping);
        var sparing = new SpareMemory(time).RunAsync(stopping);
        _serving = true;
        Log.Ready(_logger, watch.Http);
        watch.Health.Ready(string.Create(CultureInfo.InvariantCulture, $"{set.Names.Count()} rules, {config.Sources.Length} sources, epoch {writer.Epoch}"));
        using var stop = stopping.Register(() => _ = pipeline.StopAsync(CancellationToken.None));
        using var intake = spooling.Intake(pipeline.Windows, loop, writer, monitors, () =>
        {
            if (loop.Timeline is { } timeline)
            {
                watch.AfterTurn(timeline);
                publisher.AfterTurn(timeline, loop.Open, CancellationToken.None);
            }

            return snapshots.AfterTurnAsync(loop, derivations.Current!, CancellationToken.None);
        });

        // While draining, a database that stays away must not hold the process for ever: what it does not take stays in the spool.
        var drained = await intake.RunAsync(() => pipeline.StopAsync(CancellationToken.None), stopping, lifetime.ApplicationStopped);
        await reloading;
        if (drained)
        {
            if (loop.Timeline is { } last) await publisher.FlushAsync(last, CancellationToken.None);
            await snapshots.FinishAsync(loop, derivations.Current!, CancellationToken.None);
        }

        await stopWaking.CancelAsync();
        await deliverers.StopAsync();
        await Task.WhenAll(waking, draining, late, watching, sparing);
    }

    // Files may have changed while another engine led. A set that is refused is not taken over, as in a reload.
    private (RuleSetText, RuleSet) Newest(RuleSetText rules, RuleSet set)
    {
        try
        {
            if (RuleFiles.Read(config.Rules).Digest == rules.Digest) return (rules, set);
            var newest = CompiledRules.Require(config.Rules, ReceiverNames);
            _ruleFiles = newest.Text.Files.Length;
            return newest;
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            Log.ReloadRefused(_logger, e.Message, rules.Digest[..12]);
            return (rules, set);
        }
    }

    // Null when the set that ran last is the one to run.
    private static async Task<StampedInput.Activation?> PlanAsync(SnapshotShelf shelf, Progress progress, RuleSetText rules, RuleSet set, CancellationToken cancellationToken)
    {
        if (progress.Turn == 0) return new StampedInput.Activation(progress.Clock, rules);
        var active = await shelf.FindActiveAsync(progress, cancellationToken);
        return active?.Digest == rules.Digest ? null : CompiledRules.Plan(active, rules, set, progress.Clock);
    }

    private List<StampedInput> Opening(Progress progress, Timeline timeline, StampedInput.Activation? coming)
    {
        List<StampedInput> inputs = [.. Boot.Inputs(progress, timeline.Fleet, Version, Instant.From(time.GetUtcNow()))];
        if (coming is not null) inputs.Add(coming with { Stamp = new Instant(inputs[^1].Stamp.Micros + 1) });
        return inputs;
    }

    // What is not committed by now never is by this engine; it stays in the spool, and the next start hands it to whoever leads then.
    private void GiveWay(long epoch)
    {
        Log.Failed(_logger, $"another engine has taken over; epoch {epoch} is over");
        ExitCode = Cli.ExitCode.Unavailable;
        lifetime.StopApplication();
    }

    private void Tell(Committed turn)
    {
        foreach (var item in turn.Garbage.Take(GarbageLogged)) Log.Quarantined(_logger, item.Source, item.Line, item.Column, item.Reason);
        if (turn.Garbage.Count > GarbageLogged) Log.MoreQuarantined(_logger, turn.Garbage.Count - GarbageLogged);
        if (turn.Activated is { } digest) _reloader?.OnActivated(digest);
        watch.Committed(turn);
        onlookers.Tell(turn);
    }

    // Without configuration every receiver that the rules name is the log.
    private ImmutableArray<ReceiverConfig> Receivers(RuleSet set) =>
        config.Receivers.IsEmpty ? [.. set.Receivers.Select(name => new ReceiverConfig.Log(name))] : config.Receivers;

    private RuleSet Recorded(RuleSetText text) => CompiledRules.Recorded(text, refused => Log.RecordedRulesRefused(_logger, refused.Digest));

    private async Task WakeAsync(OutboxSignal signal, Deliverers deliverers, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await signal.WaitAsync(TimeSpan.FromMinutes(1), time, cancellationToken)) deliverers.Wake();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<IReadOnlyDictionary<string, TailPosition>> ResumeAsync(StoreHost store, CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, TailPosition>(StringComparer.Ordinal);
        foreach (var (name, token) in await new ProgressReader(store).ReadSourcesAsync(cancellationToken))
        {
            if (TailPosition.TryParse(Encoding.ASCII.GetString(token.Span), out var position)) positions[name] = position;
        }

        return positions;
    }
}
