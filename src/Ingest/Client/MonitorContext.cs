using Microsoft.Extensions.Logging;

namespace Qualm.Ingest.Client;

/// <summary>What all monitors of an engine share.</summary>
public sealed record MonitorContext(
    QmpClientOptions Options,
    ConnectionEpochs Epochs,
    MonitorBoard Board,
    Jitter Jitter,
    TimeProvider Time,
    IngestMetrics Metrics,
    ILogger Logger)
{
    internal MonitorVoices Voices { get; } = new(Time, Metrics);

    internal StallWatch Stalls { get; } = new(Options, Time, Metrics);

    internal DialPace Pace { get; } = new(Options.DialledAtOnce, Options.DialShare, Time);

    /// <summary>Closed while no monitor is to be connected. Open unless somebody closes it.</summary>
    public MonitorGate Gate { get; init; } = new();

    /// <summary>Closed while growing files are not to be read on.</summary>
    public MonitorGate Files { get; init; } = new();

    /// <summary>Whether a process of this machine, by its id, is an engine whose place this one has taken: the socket it listens at is ours. Nobody is unless told.</summary>
    public Func<int, bool> IsDeposed { get; init; } = _ => false;
}
