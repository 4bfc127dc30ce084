using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A comparison <c>age(path) op constant</c>: its truth changes by itself at a time that can be told beforehand.</summary>
public sealed class AgeTest
{
    private readonly CelNode<EvalContext> _time;

    private AgeTest(CelNode<EvalContext> time, CelComparison comparison, TimeSpan limit)
    {
        _time = time;
        Comparison = comparison;
        Limit = limit;
    }

    /// <summary>What the age is compared by, the age on the left.</summary>
    public CelComparison Comparison { get; }

    /// <summary>To the tick of 100 ns.</summary>
    public TimeSpan Limit { get; }

    /// <summary>The time whose age is compared; null when it cannot be read.</summary>
    public Instant? Time(ref EvalContext context)
    {
        var state = default(CelState);
        var time = _time.Value(ref context, ref state);
        return state.Failed ? null : time.ToInstant();
    }

    internal static AgeTest? Recognise(CelNode<EvalContext> node) => node switch
    {
        CompareNode<EvalContext> { Left: AgeNode age, Right: ConstantNode<EvalContext> { Constant: { Kind: CelKind.Duration } limit } } compare => Of(age, compare.Comparison, limit),
        CompareNode<EvalContext> { Right: AgeNode age, Left: ConstantNode<EvalContext> { Constant: { Kind: CelKind.Duration } limit } } compare => Of(age, MemberTest.Mirror(compare.Comparison), limit),
        _ => null,
    };

    private static AgeTest Of(AgeNode age, CelComparison comparison, CelValue limit) => new(age.Time, comparison, TimeSpan.FromTicks(limit.DurationNanos / 100));
}
