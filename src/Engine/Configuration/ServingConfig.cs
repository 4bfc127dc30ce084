namespace Qualm.Engine.Configuration;

/// <summary>How the service shows itself to those who run it.</summary>
/// <param name="Http">Where health and metrics are served.</param>
/// <param name="Drain">How long the service may take to end what is under way once it is told to stop.</param>
/// <param name="JsonLog">Whether log lines are JSON objects.</param>
/// <param name="Otlp">Where traces and metrics are sent; null for nowhere.</param>
public sealed record ServingConfig(HttpConfig Http, TimeSpan Drain, bool JsonLog, OtlpConfig? Otlp)
{
    /// <summary>Default length of <see cref="Drain"/>.</summary>
    public static readonly TimeSpan DefaultDrain = TimeSpan.FromSeconds(30);

    /// <summary>What is served when nobody says otherwise.</summary>
    public static ServingConfig Default { get; } = new(HttpConfig.Default, DefaultDrain, JsonLog: false, Otlp: null);

    /// <summary>Nothing is served: for a service inside another program.</summary>
    public static ServingConfig Silent { get; } = Default with { Http = new HttpConfig.Off() };
}
