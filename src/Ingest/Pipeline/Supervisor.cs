using Microsoft.Extensions.Logging;

namespace Qualm.Ingest.Pipeline;

/// <summary>Keeps one background loop going: a loop that faults is logged, counted, and run again after a growing pause.</summary>
internal sealed class Supervisor(
    string name, TimeSpan first, TimeSpan longest, TimeProvider time, IngestMetrics metrics, ILogger logger)
{
    /// <summary>Runs <paramref name="run"/> until it ends without a fault or is cancelled. Never throws.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pause = first;
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            try
            {
                await run(cancellationToken);
                return;
            }
            catch when (cancellationToken.IsCancellationRequested)
            {
                // Whatever it says now, it was told to end.
                return;
            }
            catch (Exception e)
            {
                if (time.GetElapsedTime(started) > longest) pause = first;
                metrics.Faulted(name);
                Log.SourceFailed(logger, name, pause.TotalSeconds, e);
            }

            try
            {
                await Task.Delay(pause, time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, longest.Ticks));
        }
    }
}
