using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Ingest.Pipeline;

/// <summary>Keeps one background loop going: a loop that faults is logged, counted, and run again after a growing pause.</summary>
internal sealed class Supervisor(
    string name, TimeSpan first, TimeSpan longest, TimeProvider time, IngestMetrics metrics, ILogger logger)
{
    private readonly TimeSpan _longest = longest;
    private readonly Pauses _pauses = new(first, longest);

    /// <summary>Runs <paramref name="run"/> until it ends without a fault or is cancelled. Never throws.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await run(cancellationToken);
                return;
            }
            catch (Exception e)
            {
                if (!await RestAsync(e, started, cancellationToken)) return;
            }
        }
    }

    /// <summary>Says what went wrong, and waits until it may be tried again. Never throws.</summary>
    /// <param name="started">When what has failed was begun, by the clock's time stamps.</param>
    /// <returns>False when it was told to end.</returns>
    public async ValueTask<bool> RestAsync(Exception fault, long started, CancellationToken cancellationToken)
    {
        // Whatever it says now, it was told to end.
        if (cancellationToken.IsCancellationRequested) return false;
        if (time.GetElapsedTime(started) > _longest) _pauses.Reset();
        var pause = _pauses.Next();
        metrics.Faulted(name);
        Log.SourceFailed(logger, name, pause.TotalSeconds, fault);
        try
        {
            await Task.Delay(pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }
}
