using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest;
using Qualm.Ingest.Client;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Qmp;
using Qualm.Rules;
using Qualm.Store.Writing;

namespace Qualm.Bench.Answering;

/// <summary>The service's way from a monitor to the commit: source, pipeline, turn loop, writer. Tells when decisions are committed.</summary>
internal sealed class LiveEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IngestPipeline _pipeline;
    private readonly TurnLoop _loop;
    private readonly Task _running;
    private TaskCompletionSource<long>? _awaited;

    public LiveEngine(TurnWriter writer, RuleSet rules, string socket)
    {
        var time = TimeProvider.System;
        var metrics = new IngestMetrics(_services.GetRequiredService<IMeterFactory>());
        var live = new LiveTurn(new Timeline(QmpCatalogue.Instance, new RuleSession(rules)), new Decisions(), _ => CompiledRules.None, writer.Epoch, observed: false);
        _loop = new TurnLoop(writer, (_, _) => Task.FromResult(live), _ => Task.CompletedTask, Committed, time, NullLogger.Instance);
        _pipeline = new IngestPipeline(
            IngestPipelineOptions.Default, SequencerOptions.Default, writer.Progress.Clock, time, new TimeProviderScheduler(time), metrics, NullLogger.Instance);
        var context = new MonitorContext(
            QmpClientOptions.Default, new ConnectionEpochs(writer.Epoch), new MonitorBoard(), new Jitter(new Random(1)), time, metrics, NullLogger.Instance);
        var endpoint = new QmpEndpoint.Unix(socket);
        _pipeline.Add(new QmpMonitorSource(endpoint, MonitorNaming.Of(endpoint), context));
        _running = RunAsync();
    }

    /// <summary>To be called before the event is sent that is to be decided.</summary>
    /// <returns>The <see cref="Stopwatch"/> stamp at which the next decision was known to be committed.</returns>
    public Task<long> NextDecision()
    {
        var awaited = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, awaited);
        return awaited.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.StopAsync(CancellationToken.None);
        await _running;
        await _pipeline.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task RunAsync()
    {
        await foreach (var window in _pipeline.Windows.ReadAllAsync()) await _loop.TakeAsync(window, CancellationToken.None);
    }

    private void Committed(Committed turn)
    {
        if (turn.Decisions.Count > 0) Interlocked.Exchange(ref _awaited, null)?.TrySetResult(Stopwatch.GetTimestamp());
    }
}
