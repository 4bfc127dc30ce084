using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>What the expressions of one place in a rule may name.</summary>
/// <param name="Events">What <c>event</c> can be; empty when <paramref name="Any"/>.</param>
/// <param name="Any">Every event, unknown ones too.</param>
/// <param name="Vars">Named sub-expressions of the rule.</param>
internal sealed record ExpressionScope(
    ImmutableArray<EventSchema> Events, bool Any, ImmutableArray<KeyValuePair<Scalar, Scalar>> Vars, ImmutableArray<string> KeyNames)
{
    /// <summary>False for conditions over state alone.</summary>
    public bool HasEvent { get; init; } = true;

    /// <summary>Steps of a match, in the order of the file.</summary>
    public ImmutableArray<ConditionScope.Step> Steps { get; init; } = [];

    /// <summary>The step that the event is judged for; null when it is none.</summary>
    public string? CurrentStep { get; init; }

    /// <summary>What <c>agg</c> offers.</summary>
    public ImmutableArray<string> Aggregates { get; init; } = ["count", "first", "last"];
}
