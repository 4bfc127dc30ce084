using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>What the expressions of one place in a rule may name.</summary>
/// <param name="Events">What <c>event</c> can be; empty when <paramref name="Any"/>.</param>
/// <param name="Any">Every event, unknown ones too.</param>
/// <param name="Vars">Named sub-expressions of the rule.</param>
internal sealed record ExpressionScope(
    ImmutableArray<EventSchema> Events, bool Any, ImmutableArray<KeyValuePair<Scalar, Scalar>> Vars, ImmutableArray<string> KeyNames)
{
    /// <summary>What <c>agg</c> offers, in the order of the operator's importance.</summary>
    public ImmutableArray<string> Aggregates { get; init; } = ["count", "first", "last"];
}
