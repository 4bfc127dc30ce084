using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Serving.Http;

/// <summary>
/// Serves the status pages: Kestrel alone, without routing or middleware, since three pages need neither. Listens from
/// the beginning, so that a start can be watched, to the end of the drain.
/// </summary>
internal sealed class StatusServer(HttpConfig.Listen listen, StatusPages pages, EngineWatch watch, TimeProvider time, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(1);

    private KestrelServer? _server;

    /// <exception cref="ConfigException">An address that was asked for cannot be listened at.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var server = new KestrelServer(Options.Create(Settings(listen.Endpoint)), new SocketTransportFactory(Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), loggers), loggers);
        try
        {
            await server.StartAsync(pages, cancellationToken);
            _server = server;
            watch.Http = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? $"http://{listen.Endpoint}";
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException)
        {
            server.Dispose();
            var why = (e.InnerException?.InnerException ?? e.InnerException ?? e).Message;
            if (listen.Chosen) throw new ConfigException($"http: cannot listen at {listen.Endpoint}: {why}; choose another port, or 'http: off'");

            // Pages must go out whether or not somebody can look on.
            Log.HttpOff(loggers.CreateLogger<StatusServer>(), listen.Endpoint, why);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is null) return;
        using var parting = new CancellationTokenSource(Parting, time);
        await _server.StopAsync(parting.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _server?.Dispose();
        _server = null;
    }

    // Probes are small; whoever sends more is no probe.
    private static KestrelServerOptions Settings(IPEndPoint endpoint)
    {
        var settings = new KestrelServerOptions { AddServerHeader = false };
        settings.Limits.MaxConcurrentConnections = 64;
        settings.Limits.MaxRequestBodySize = 0;
        settings.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        settings.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        settings.Listen(endpoint, listener => listener.Protocols = HttpProtocols.Http1);
        return settings;
    }
}
