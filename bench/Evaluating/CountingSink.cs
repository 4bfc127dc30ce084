using Qualm.Model;

namespace Qualm.Bench.Evaluating;

/// <summary>Counts decisions and lets them go.</summary>
internal sealed class CountingSink : IDecisionSink
{
    public long Count { get; private set; }

    public void Decide(AlertTransition transition) => Count++;

    public void Decide(in DecisionView decision) => Count++;
}
