using System.Diagnostics.Metrics;
using Qualm.Model;
using Qualm.Store.Reading;

namespace Qualm.Engine.Serving.Metrics;

/// <summary>Which alerts fire, and how bad they are: as on record at the start, then as committed.</summary>
internal sealed class FiringAlerts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Severity> _firing = new(StringComparer.Ordinal);

    /// <summary>Takes what is on record. To be called before anything is committed.</summary>
    public async Task BeginAsync(OpenAlertReader record, CancellationToken cancellationToken)
    {
        foreach (var (id, severity) in await record.ReadAsync(cancellationToken))
        {
            lock (_gate) _firing[id] = Enum.TryParse<Severity>(severity, ignoreCase: true, out var known) ? known : Severity.Error;
        }
    }

    public void Committed(IReadOnlyList<AlertTransition> decisions)
    {
        if (decisions.Count == 0) return;
        lock (_gate)
        {
            foreach (var decision in decisions)
            {
                if (decision.Kind != ConclusionKind.Alert) continue;
                if (decision.Transition is TransitionKind.Resolved) _firing.Remove(decision.Id);
                else if (decision.Transition is TransitionKind.Firing or TransitionKind.Severity || _firing.ContainsKey(decision.Id)) _firing[decision.Id] = decision.Severity;
            }
        }
    }

    public IEnumerable<Measurement<long>> Observe()
    {
        lock (_gate)
        {
            return [.. Enum.GetValues<Severity>().Select(severity =>
                new Measurement<long>(_firing.Values.Count(s => s == severity), new KeyValuePair<string, object?>("severity", TransitionJson.Name(severity))))];
        }
    }
}
