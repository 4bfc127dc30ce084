using Qualm.Model;

namespace Qualm.Rules.Binding;

/// <summary>What an operator added up over its window; the roots of <c>agg</c>.</summary>
/// <param name="Count">Events, their weights added.</param>
/// <param name="First">Event time of the oldest.</param>
/// <param name="Last">Event time of the newest.</param>
/// <param name="Distinct">Different values; 0 for other operators.</param>
/// <param name="Value">Sum, average, least, greatest or ratio, as the operator says; 0 for others.</param>
internal readonly record struct Aggregate(long Count, Instant First, Instant Last, long Distinct = 0, double Value = 0);
