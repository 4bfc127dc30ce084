using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Http;
using Qualm.Engine.Serving.Systemd;
using Qualm.Engine.Serving.Tracing;

namespace Qualm.Engine.Hosting;

/// <summary>Puts the service into a Generic Host: signals, logging, metrics, health.</summary>
internal static class ServiceHost
{
    /// <summary>How long a drain that has run out of time may take to let go of what it holds.</summary>
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(5);

    /// <summary>Runs the service until a signal, the token, or a fault ends it.</summary>
    /// <param name="signals">What ends it and has it reload; log lines then go to the standard error. Null where somebody embeds it, who answers for signals and output.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(QualmConfig config, Onlookers onlookers, ServiceSignals? signals, CancellationToken cancellationToken) =>
        RunAsync(config, onlookers, TimeProvider.System, signals, cancellationToken);

    /// <param name="time">The only clock there is, its timers included.</param>
    /// <inheritdoc cref="RunAsync(QualmConfig, Onlookers, ServiceSignals, CancellationToken)"/>
    public static async Task<int> RunAsync(QualmConfig config, Onlookers onlookers, TimeProvider time, ServiceSignals? signals, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (signals is not null) builder.Logging.AddServiceLog(config.Serving.JsonLog);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = config.Serving.Drain);
        AddService(builder.Services, config, onlookers, time, signals);
        using var host = builder.Build();
        var service = host.Services.GetRequiredService<QualmService>();
        var health = host.Services.GetRequiredService<ServiceHealth>();
        using var draining = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(health.Draining);
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Told to stop before everything was started; what was is stopped below.
        }

        await host.WaitForShutdownAsync(cancellationToken);
        if (service.ExecuteTask is { IsCompleted: false } late) await EndAsync(late, config, host.Services);
        return service.ExitCode;
    }

    private static void AddService(IServiceCollection services, QualmConfig config, Onlookers onlookers, TimeProvider time, ServiceSignals? signals)
    {
        services.AddMetrics();
        services.AddSingleton(time);
        services.AddSingleton(config);
        services.AddSingleton(onlookers);
        services.AddSingleton<ServiceHealth>();
        services.AddSingleton(s => new EngineWatch(s.GetRequiredService<ServiceHealth>(), s.GetRequiredService<IMeterFactory>(), QualmService.Version, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<QualmService>();

        // What is started first is stopped last: whoever watches the drain sees its end.
        if (signals is not null)
        {
            services.AddSingleton(SystemdSettings.TakeFromEnvironment());
            services.AddHostedService<SystemdNotifier>();
        }

        if (config.Serving.Http is HttpConfig.Listen http)
        {
            services.AddSingleton<Serving.Metrics.MetricReader>();
            services.AddSingleton<StatusPages>();
            services.AddHostedService(s => new StatusServer(
                http, s.GetRequiredService<StatusPages>(), s.GetRequiredService<EngineWatch>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        }

        if (config.Serving.Otlp is { } otlp) services.AddHostedService(_ => new OtlpExport(otlp, QualmService.Version));
        services.AddHostedService(s => s.GetRequiredService<QualmService>());
        if (signals is not null) services.AddSingleton(signals).AddSingleton<IHostLifetime, ServiceLifetime>();
        else services.AddSingleton<IHostLifetime, NoLifetime>();
    }

    // Told to give up, it lets go of the store; only when even that hangs is it left behind.
    private static async Task EndAsync(Task late, QualmConfig config, IServiceProvider services)
    {
        Log.NotDrained(services.GetRequiredService<ILoggerFactory>().CreateLogger<QualmService>(), config.Serving.Drain.TotalSeconds);
        try
        {
            await late.WaitAsync(Parting, services.GetRequiredService<TimeProvider>());
        }
        catch (TimeoutException)
        {
            // The database recovers by itself from what was under way.
        }
    }

    // Whoever embeds the service answers for signals itself.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
