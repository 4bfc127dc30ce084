using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A condition judged when something is decided, e.g. a step of a severity ladder.</summary>
internal abstract class DecisionTest
{
    /// <summary>What it looks at.</summary>
    public abstract ConditionReads Reads { get; }

    /// <summary>The expression it was compiled from; null when it was not made of one.</summary>
    public virtual Conditions.Condition? Condition => null;

    /// <returns>False also for errors.</returns>
    public abstract bool Holds(in EventView e, in DecisionInputs inputs);
}
