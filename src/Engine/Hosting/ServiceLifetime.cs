using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Hosting;

/// <summary>Signals as the service takes them: the first to stop drains, the second ends the process at once; SIGHUP reloads.</summary>
/// <param name="outputs">Where log lines go; written out before the process ends.</param>
internal sealed class ServiceLifetime(
    QualmConfig config, ServiceSignals signals, IHostApplicationLifetime lifetime, QualmService service, ILogger<ServiceLifetime> logger, IEnumerable<ILoggerProvider> outputs) : IHostLifetime
{
    private int _told;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Answer(signal =>
        {
            if (signal == PosixSignal.SIGHUP) service.Reload();
            else Stop(signal);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Stop(PosixSignal signal)
    {
        if (Interlocked.Increment(ref _told) > 1)
        {
            // Whatever is committed stays committed, and what is owed is owed still: that is no fault.
            Log.CutShort(logger);
            foreach (var output in outputs) output.Dispose();
            Environment.Exit(Cli.ExitCode.Good);
        }

        Log.Draining(logger, signal.ToString(), config.Serving.Drain.TotalSeconds);
        lifetime.StopApplication();
    }
}
