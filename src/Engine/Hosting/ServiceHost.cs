using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Hosting;

/// <summary>Puts the service into a Generic Host: signals, logging, metrics.</summary>
internal static class ServiceHost
{
    /// <summary>How long a drain may take.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs the service until a signal, the token, or a fault ends it.</summary>
    /// <param name="console">Whether log lines go to the standard error, and signals end it.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(QualmConfig config, Onlookers onlookers, bool console, CancellationToken cancellationToken) =>
        RunAsync(config, onlookers, TimeProvider.System, console, cancellationToken);

    /// <param name="time">The only clock there is, its timers included.</param>
    /// <inheritdoc cref="RunAsync(QualmConfig, Onlookers, bool, CancellationToken)"/>
    public static async Task<int> RunAsync(QualmConfig config, Onlookers onlookers, TimeProvider time, bool console, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (console)
        {
            builder.Logging.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.UseUtcTimestamp = true;
                format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
            builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        }

        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = DrainLimit);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(config);
        builder.Services.AddSingleton(onlookers);
        builder.Services.AddSingleton<QualmService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QualmService>());
        if (!console) builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        using var host = builder.Build();
        var service = host.Services.GetRequiredService<QualmService>();
        using var hangUp = console ? PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Reload(service, signal)) : null;
        await host.RunAsync(cancellationToken);
        return service.ExitCode;
    }

    // The default would end the process.
    private static void Reload(QualmService service, PosixSignalContext signal)
    {
        signal.Cancel = true;
        service.Reload();
    }

    // Whoever embeds the service answers for signals itself.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
