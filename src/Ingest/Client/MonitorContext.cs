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
}
