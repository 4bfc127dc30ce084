using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>A text with expressions in it, filled in when something is decided.</summary>
internal abstract class DecisionText
{
    public abstract string Fill(in EventView e, in DecisionInputs inputs);
}
