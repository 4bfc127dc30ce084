using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Tracing;
using Qualm.Ingest.Pipeline;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;

namespace Qualm.Engine.Hosting;

/// <summary>
/// Puts changed rule files into force while the service runs: a set that compiles is made ready beside the loop and then
/// takes over as an input like any other; one that does not is refused whole, and the rules before run on.
/// </summary>
/// <param name="path">What <see cref="RuleFiles.Read"/> is given.</param>
/// <param name="receivers">Names that <c>actions</c> may use; null for any.</param>
/// <param name="active">The set that runs.</param>
/// <param name="serve">Told of a set before it takes over, so that whoever it tells is there.</param>
internal sealed class RuleReloader(
    string path, IReadOnlySet<string>? receivers, RuleSetText active, Derivations derivations, IngestPipeline pipeline, Action<RuleSet> serve, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private volatile Handover? _handover;
    private RuleSetText _active = active;
    private string _refused = "";

    /// <summary>Told of reloads; null where nobody wants to know.</summary>
    public EngineWatch? Watch { get; init; }

    /// <summary>Reloads whenever there is cause, until it is cancelled or the pipeline has stopped.</summary>
    public async Task RunAsync(RuleWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var asked = await watch.NextAsync(cancellationToken);
                if (asked) Log.Asked(logger, path);
                using var telling = asked ? Watch?.Health.Reloading() : null;
                await ReloadAsync(asked, cancellationToken);
            }
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // The service stops.
        }
        catch (Exception e)
        {
            // A fault of ours must not end the service: it can do without reloading, and says so.
            Log.ReloadingFailed(logger, e);
        }
    }

    /// <summary>To be told of every set that has taken over, once that is committed. From any thread.</summary>
    public void OnActivated(string digest)
    {
        if (_handover is { } handover && handover.Digest == digest) handover.Done.TrySetResult();
    }

    private async Task ReloadAsync(bool asked, CancellationToken cancellationToken)
    {
        using var trace = Traces.Reload(asked);
        if (Read(asked) is not var (text, set)) return;
        var planned = CompiledRules.Plan(_active, text, set, derivations.Clock);
        for (var attempt = 1; planned.WarmedFrom is not null && !await TryPrepareAsync(planned, attempt, cancellationToken); attempt++) await Task.Delay(Pause, time, cancellationToken);
        serve(set);
        var handover = new Handover(text.Digest);
        _handover = handover;
        await pipeline.EnqueueAsync(stamp => planned with { Stamp = stamp }, cancellationToken);
        await handover.Done.Task.WaitAsync(cancellationToken);
        _active = text;
        Watch?.Metrics.Reloaded("activated");
        Log.RulesReloaded(logger, set.Names.Count(), path, text.Digest[..12]);
    }

    // Null when there is nothing to put into force.
    private (RuleSetText Text, RuleSet Set)? Read(bool asked)
    {
        try
        {
            var text = RuleFiles.Read(path);
            if (text.Digest == _active.Digest)
            {
                _refused = "";
                if (asked) Log.RulesUnchanged(logger, path, text.Digest[..12]);
                if (asked) Watch?.Metrics.Reloaded("unchanged");
                return null;
            }

            // Said once, and again to whoever asks.
            if (text.Digest == _refused && !asked) return null;
            _refused = text.Digest;
            return (text, CompiledRules.Require(text, path, receivers));
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            Log.ReloadRefused(logger, e.Message, _active.Digest[..12]);
            Watch?.Metrics.Reloaded("refused");
            return null;
        }
    }

    private async Task<bool> TryPrepareAsync(StampedInput.Activation planned, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => derivations.PrepareAsync(planned, cancellationToken), cancellationToken);
            return true;
        }
        catch (StoreException e)
        {
            if (attempt == 1) Log.ReloadWaits(logger, e.Message);
            return false;
        }
    }

    private sealed record Handover(string Digest)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
