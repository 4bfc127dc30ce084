using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>What an operator computed over its window: <c>agg</c> in conditions and texts. A null value is one the operator does not have.</summary>
public readonly record struct AggregateValues
{
    /// <summary>Events, their weights added.</summary>
    public long Count { get; init; }

    public long Distinct { get; init; }

    public CelValue Sum { get; init; }

    public CelValue Min { get; init; }

    public CelValue Max { get; init; }

    /// <summary>NaN when there is none.</summary>
    public double Average { get; init; }

    /// <summary>NaN when there is none.</summary>
    public double Ratio { get; init; }

    /// <summary>Event time of the oldest event of the window; null when it is empty.</summary>
    public Instant? First { get; init; }

    /// <summary>Event time of the newest event of the window; null when it is empty.</summary>
    public Instant? Last { get; init; }

    /// <summary>A list of the distinct values; needed only where a condition or text reads <c>agg.members</c>.</summary>
    public CelValue Members { get; init; }
}
