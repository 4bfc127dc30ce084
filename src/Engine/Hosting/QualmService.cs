using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Actions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest;
using Qualm.Ingest.Client;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Projections;
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
    TimeProvider time,
    IMeterFactory meters,
    ILoggerFactory loggers,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>Pieces of garbage that a turn logs one by one; the rest are counted. All of them are kept.</summary>
    private const int GarbageLogged = 10;

    private readonly ILogger _logger = loggers.CreateLogger<QualmService>();

    /// <summary>What the process should end with.</summary>
    public int ExitCode { get; private set; }

    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

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
        catch (Exception e) when (e is StoreException or ConfigException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(_logger, e.Message);
            ExitCode = e is ConfigException ? Cli.ExitCode.Misuse : Cli.ExitCode.Unavailable;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var (rules, set) = CompiledRules.Require(config.Rules, config.Receivers.IsEmpty ? null : config.Receivers.Select(r => r.Name).ToHashSet(StringComparer.Ordinal));
        await using var store = await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), time, stopping);
        await using var writer = await TurnWriter.AcquireAsync(store, new TurnWriterOptions(), stopping);

        var changed = new PublishedSet();
        Derivation.Derived? derived = null;
        async Task<LiveTurn> DeriveAsync(CancellationToken cancellationToken)
        {
            changed.Clear();
            derived = await Derivation.RunAsync(store, writer.Progress, Recorded, changed, cancellationToken);
            if (!derived.Agrees) Log.DecidesOtherwise(_logger);
            return new LiveTurn(derived.Timeline, derived.Decisions, Recorded, writer.Epoch, onlookers.Any);
        }

        await using var server = new PrivateServer(config, time);
        var loop = new TurnLoop(writer, DeriveAsync, server.ReviveAsync, Tell, time, loggers.CreateLogger<TurnLoop>());
        var timeline = await loop.StartAsync(stopping);
        Log.StoreOpened(_logger, store.Describe(), writer.Epoch, derived!.Inputs, writer.Progress.Turn > 0 ? timeline.Clock.ToString() : "now");
        var news = derived.ActiveRules == rules.Digest ? "" : ", newly activated";
        await loop.TakeAsync(Opening(writer.Progress, timeline, rules, news.Length > 0), stopping);
        await loop.FlushAsync(stopping);
        Log.RulesLoaded(_logger, set.Names.Count(), config.Rules, rules.Digest[..12], news);

        await ServeAsync(store, writer, loop, changed, set, stopping);
        Log.Drained(_logger);
    }

    private async Task ServeAsync(
        StoreHost store, TurnWriter writer, TurnLoop loop, PublishedSet changed, RuleSet set, CancellationToken stopping)
    {
        var metrics = new IngestMetrics(meters);
        var sequencing = SequencerOptions.Default with { MaxClockSkew = config.MaxClockSkew };
        await using var pipeline = new IngestPipeline(
            IngestPipelineOptions.Default, sequencing, loop.Timeline!.Clock, time, new TimeProviderScheduler(time), metrics, loggers.CreateLogger<IngestPipeline>());
        var monitors = new MonitorContext(
            QmpClientOptions.Default, new ConnectionEpochs(writer.Epoch), new MonitorBoard(), new Jitter(new Random((int)writer.Epoch)), time, metrics,
            loggers.CreateLogger<QmpMonitorSource>());

        using var receivers = ReceiverSet.Of(Receivers(set), time, loggers);
        Log.Receivers(_logger, string.Join(", ", receivers.All.Select(r => r.Name)));
        var worker = new DeliveryWorker(
            receivers.All, new StoredOutbox(new OutboxQueues(store)), time, new DeliveryOptions(), new Random((int)writer.Epoch),
            new ActionsMetrics(meters), loggers.CreateLogger<DeliveryWorker>());
        using var stopDelivery = new CancellationTokenSource();
        var delivering = Task.WhenAll(worker.RunAsync(stopDelivery.Token), WakeAsync(writer.Outbox, worker, stopDelivery.Token));

        var activity = new ActivityBoard();
        using var counting = pipeline.Activity.Subscribe(activity);
        var publisher = new Publisher(new DocumentStore(store), changed, activity, loggers.CreateLogger<Publisher>());
        SourceFactory.AddAll(pipeline, config.Sources, monitors, await ResumeAsync(store, stopping));
        Log.Sources(_logger, config.Sources.IsEmpty ? "none; name some in qualm.yaml" : string.Join(", ", config.Sources));
        var draining = new InboxDrain(new InboxStore(store), pipeline, time, loggers.CreateLogger<InboxDrain>()).RunAsync(stopping);
        Log.Ready(_logger);
        using var stop = stopping.Register(() => _ = pipeline.StopAsync(CancellationToken.None));
        await foreach (var window in pipeline.Windows.ReadAllAsync(CancellationToken.None))
        {
            // While draining, a database that stays away must not hold the process for ever.
            await loop.TakeAsync(window, stopping.IsCancellationRequested ? lifetime.ApplicationStopped : CancellationToken.None);
            if (loop.Timeline is { } timeline) publisher.AfterTurn(timeline, loop.Open, CancellationToken.None);
        }

        await loop.FlushAsync(CancellationToken.None);
        if (loop.Timeline is { } last) await publisher.FlushAsync(last, CancellationToken.None);
        await stopDelivery.CancelAsync();
        await Task.WhenAll(delivering, draining);
    }

    private List<StampedInput> Opening(Progress progress, Timeline timeline, RuleSetText rules, bool activate)
    {
        List<StampedInput> inputs = [.. Boot.Inputs(progress, timeline.Fleet, Version, Instant.From(time.GetUtcNow()))];
        if (activate) inputs.Add(new StampedInput.Activation(new Instant(inputs[^1].Stamp.Micros + 1), rules));
        return inputs;
    }

    private void Tell(Committed turn)
    {
        foreach (var item in turn.Garbage.Take(GarbageLogged)) Log.Quarantined(_logger, item.Source, item.Line, item.Column, item.Reason);
        if (turn.Garbage.Count > GarbageLogged) Log.MoreQuarantined(_logger, turn.Garbage.Count - GarbageLogged);
        onlookers.Tell(turn);
    }

    // Without configuration every receiver that the rules name is the log.
    private ImmutableArray<ReceiverConfig> Receivers(RuleSet set) =>
        config.Receivers.IsEmpty ? [.. set.Receivers.Select(name => new ReceiverConfig.Log(name))] : config.Receivers;

    private RuleSet Recorded(RuleSetText text) => CompiledRules.Recorded(text, refused => Log.RecordedRulesRefused(_logger, refused.Digest));

    private async Task WakeAsync(OutboxSignal signal, DeliveryWorker worker, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await signal.WaitAsync(TimeSpan.FromMinutes(1), time, cancellationToken)) worker.Wake();
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
