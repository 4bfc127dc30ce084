using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Hosting;

/// <summary>Signals as the service takes them: the first to stop drains, the second ends the process at once; SIGHUP reloads.</summary>
/// <param name="outputs">Where log lines go; written out before the process ends.</param>
internal sealed class ServiceLifetime(
    QualmConfig config, IHostApplicationLifetime lifetime, QualmService service, ILogger<ServiceLifetime> logger, IEnumerable<ILoggerProvider> outputs) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _told;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT]) _registrations.Add(PosixSignalRegistration.Create(signal, Stop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _registrations.Clear();
    }

    private void Stop(PosixSignalContext signal)
    {
        // The default would end the process.
        signal.Cancel = true;
        if (Interlocked.Increment(ref _told) > 1)
        {
            // Whatever is committed stays committed, and what is owed is owed still: that is no fault.
            Log.CutShort(logger);
            foreach (var output in outputs) output.Dispose();
            Environment.Exit(Cli.ExitCode.Good);
        }

        Log.Draining(logger, signal.Signal.ToString(), config.Serving.Drain.TotalSeconds);
        lifetime.StopApplication();
    }

    private void Reload(PosixSignalContext signal)
    {
        signal.Cancel = true;
        service.Reload();
    }
}
