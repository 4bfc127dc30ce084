using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>Answers what other rules have concluded, matched by equally named parts of the key.</summary>
public interface IRuleFacts
{
    /// <param name="alert">Name of the alert, a constant of the condition.</param>
    /// <param name="key">Key of the rule that asks.</param>
    bool IsFiring(string alert, ReadOnlySpan<CelValue> key);

    /// <param name="fact">Name of the fact, a constant of the condition.</param>
    /// <param name="key">Key of the rule that asks.</param>
    bool Holds(string fact, ReadOnlySpan<CelValue> key);
}
