using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>A text with expressions in it, filled in when something is decided.</summary>
internal abstract class DecisionText
{
    /// <summary>What it looks at.</summary>
    public abstract ConditionReads Reads { get; }

    /// <summary>All of it, where it is the same for every event; null where it is not.</summary>
    public abstract string? Constant { get; }

    /// <summary>Appends it, filled in.</summary>
    public abstract void Fill(in EventView e, in DecisionInputs inputs, TextBuffer to);
}
