using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>A condition judged when something is decided, e.g. a step of a severity ladder.</summary>
internal abstract class DecisionTest
{
    /// <returns>False also for errors.</returns>
    public abstract bool Holds(in EventView e, in DecisionInputs inputs);
}
