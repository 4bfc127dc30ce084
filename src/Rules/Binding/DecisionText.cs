using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A text with expressions in it, filled in when something is decided.</summary>
internal abstract class DecisionText
{
    /// <summary>What it looks at.</summary>
    public abstract ConditionReads Reads { get; }

    public abstract string Fill(in EventView e, in DecisionInputs inputs);
}
