using System.Net;

namespace Qualm.Engine.Configuration;

/// <summary>Where <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> are served.</summary>
public abstract record HttpConfig
{
    private HttpConfig() { }

    /// <summary>Loopback, port 9464, which is where OpenTelemetry's Prometheus exporters listen.</summary>
    public static HttpConfig Default { get; } = new Listen(new IPEndPoint(IPAddress.Loopback, 9464), Chosen: false);

    /// <summary>Nowhere.</summary>
    public sealed record Off : HttpConfig;

    /// <param name="Endpoint">Port 0: any that is free.</param>
    /// <param name="Chosen">Whether somebody asked for it: then the service does not start without it.</param>
    public sealed record Listen(IPEndPoint Endpoint, bool Chosen) : HttpConfig;
}
