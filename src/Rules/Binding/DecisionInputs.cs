using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Binding;

/// <summary>What expressions see at a decision besides the event: the key, and what an operator added up.</summary>
internal readonly record struct DecisionInputs(ImmutableArray<KeyPart> Key, Aggregate Aggregate, CapturedEvent?[]? Steps = null)
{
    /// <summary>Answers what other rules have concluded; null where the rule does not ask.</summary>
    public IRuleFacts? Facts { get; init; }
}
