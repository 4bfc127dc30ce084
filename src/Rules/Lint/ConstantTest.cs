using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Lint;

/// <summary>A comparison of one thing that has a name with a constant, as far as proofs need it.</summary>
/// <param name="Subject">Equal for the same thing, e.g. <c>event.data.node_name</c> or <c>agg.count</c>.</param>
/// <param name="IsWhole">Whether the subject has whole values only.</param>
internal readonly record struct ConstantTest(string Subject, CelComparison Comparison, CelValue Constant, bool IsWhole)
{
    /// <returns>Null when the clause is of another form.</returns>
    public static ConstantTest? Of(ConditionClause clause)
    {
        if (clause.NamedTest is { } named) return new(named.Path, named.Comparison, named.Constant, named.IsWhole);
        return clause.MemberTest is { } member ? new($"event.data.{member.Path.Replace('-', '_')}", member.Comparison, member.Constant, false) : null;
    }

    /// <summary>Whether no value meets both.</summary>
    public bool Excludes(ConstantTest other)
    {
        if (Subject != other.Subject) return false;
        if (Range() is var (low, high) && other.Range() is var (otherLow, otherHigh)) return low > otherHigh || otherLow > high;
        return Point() is { } point && other.Point() is { } otherPoint && (Comparison, other.Comparison) switch
        {
            (CelComparison.Equal, CelComparison.Equal) => !point.Equals(otherPoint),
            (CelComparison.Equal, CelComparison.NotEqual) or (CelComparison.NotEqual, CelComparison.Equal) => point.Equals(otherPoint),
            _ => false,
        };
    }

    /// <summary>Whether every value that meets this one meets the other.</summary>
    public bool Implies(ConstantTest other)
    {
        if (Subject != other.Subject) return false;
        if (Comparison == other.Comparison && Constant.Equals(other.Constant)) return true;
        if (Range() is not var (low, high))
            return Comparison == CelComparison.Equal && other.Comparison == CelComparison.NotEqual && Point() is { } text && other.Point() is { } apart && !text.Equals(apart);
        if (other.Comparison == CelComparison.NotEqual) return other.Number() is { } hole && (hole < low || hole > high);
        return other.Range() is var (otherLow, otherHigh) && low >= otherLow && high <= otherHigh;
    }

    private CelValue? Point() => Comparison is CelComparison.Equal or CelComparison.NotEqual ? Constant : null;

    private double? Number() => Constant.Kind switch
    {
        CelKind.Int => Exact(Constant.AsInt),
        CelKind.UInt => Constant.AsUInt < 1UL << 53 ? Constant.AsUInt : null,
        CelKind.Double when !double.IsNaN(Constant.AsDouble) => Constant.AsDouble,
        _ => null,
    };

    // Beyond this a double cannot tell two whole numbers apart, and a proof would be none.
    private static double? Exact(long value) => Math.Abs(value) < 1L << 53 ? value : null;

    // Both ends belong to it; null for what is no range of numbers.
    private (double Low, double High)? Range()
    {
        if (Number() is not { } number) return null;
        return Comparison switch
        {
            CelComparison.Equal => (number, number),
            CelComparison.Less => (double.NegativeInfinity, IsWhole ? Math.Ceiling(number) - 1 : Math.BitDecrement(number)),
            CelComparison.LessOrEqual => (double.NegativeInfinity, IsWhole ? Math.Floor(number) : number),
            CelComparison.Greater => (IsWhole ? Math.Floor(number) + 1 : Math.BitIncrement(number), double.PositiveInfinity),
            CelComparison.GreaterOrEqual => (IsWhole ? Math.Ceiling(number) : number, double.PositiveInfinity),
            _ => null,
        };
    }
}
