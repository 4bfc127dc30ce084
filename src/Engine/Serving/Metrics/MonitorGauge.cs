using System.Diagnostics.Metrics;
using Qualm.Ingest.Client;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>How many monitors are connected, and how many are not.</summary>
internal sealed class MonitorGauge
{
    private static readonly MonitorPhase[] Phases = [MonitorPhase.Connecting, MonitorPhase.Connected, MonitorPhase.Waiting];

    private volatile MonitorBoard? _board;

    /// <summary>From now on, look at this board.</summary>
    public void Watch(MonitorBoard board) => _board = board;

    public IEnumerable<Measurement<long>> Observe()
    {
        var current = _board?.Current ?? [];
        return Phases.Select(phase => new Measurement<long>(current.Count(m => m.Phase == phase), new KeyValuePair<string, object?>("phase", Name(phase))));
    }

    private static string Name(MonitorPhase phase) => phase switch
    {
        MonitorPhase.Connecting => "connecting",
        MonitorPhase.Connected => "connected",
        _ => "waiting",
    };
}
