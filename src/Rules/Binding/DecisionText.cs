using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A text with expressions in it, filled in when something is decided.</summary>
internal abstract class DecisionText
{
    /// <summary>What it looks at.</summary>
    public abstract ConditionReads Reads { get; }

    /// <param name="before">Returned when it is equal; null for none.</param>
    public abstract string Fill(in EventView e, in DecisionInputs inputs, string? before = null);
}
