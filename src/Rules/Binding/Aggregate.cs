using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Binding;

/// <summary>What an operator added up over its window; the roots of <c>agg</c>. What the operator does not compute is null or NaN.</summary>
/// <param name="Count">Events, their weights added.</param>
/// <param name="First">Event time of the oldest.</param>
/// <param name="Last">Event time of the newest.</param>
internal readonly record struct Aggregate(long Count, Instant First, Instant Last)
{
    /// <summary>Different values.</summary>
    public long Distinct { get; init; }

    public CelValue Sum { get; init; }

    public CelValue Min { get; init; }

    public CelValue Max { get; init; }

    public double Average { get; init; } = double.NaN;

    public double Ratio { get; init; } = double.NaN;

    /// <summary>The different values; filled in only where a text reads them.</summary>
    public CelValue Members { get; init; }
}
