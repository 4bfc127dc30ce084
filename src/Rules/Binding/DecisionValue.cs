using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A value that a derived event carries, read when it is decided.</summary>
internal abstract class DecisionValue
{
    /// <summary>As far as it is known.</summary>
    public abstract CelType Type { get; }

    public abstract ConditionReads Reads { get; }

    /// <returns>False when it cannot be read: then the event lacks it.</returns>
    public abstract bool TryRead(in EventView e, in DecisionInputs inputs, out CelValue value);
}
