using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>
/// A comparison of one member of the event at hand with a constant: simple enough to be shared, and judged over the
/// bytes of the slot. An absent member, or one of another type, is an error, hence no match, whatever the comparison.
/// </summary>
/// <param name="Path">As in the catalogue, from <c>data</c>.</param>
/// <param name="Constant">A bool, int, uint, double or string; of the member's own type where that is int, uint or string.</param>
/// <param name="Utf8">The constant's bytes when it is a string; else empty.</param>
public sealed record MemberTest(string Path, MemberType Type, CelComparison Comparison, CelValue Constant, ReadOnlyMemory<byte> Utf8)
{
    internal static MemberTest? Recognise(CelNode<EvalContext> node) => node switch
    {
        CompareNode<EvalContext> { Left.Member: DataMember { Step: < 0, Single: { } member }, Right: ConstantNode<EvalContext> constant } compare => Of(member, compare.Comparison, constant),
        CompareNode<EvalContext> { Right.Member: DataMember { Step: < 0, Single: { } member }, Left: ConstantNode<EvalContext> constant } compare => Of(member, Mirror(compare.Comparison), constant),
        NotNode<EvalContext> { Operand.Member: DataMember { Step: < 0, Single: { Type: MemberType.Bool } member } } => new(member.Path, member.Type, CelComparison.Equal, CelValue.False, default),
        { Member: DataMember { Step: < 0, Single: { Type: MemberType.Bool } member } } and not PresenceNode => new(member.Path, member.Type, CelComparison.Equal, CelValue.True, default),
        _ => null,
    };

    private static MemberTest? Of(MemberSchema member, CelComparison comparison, ConstantNode<EvalContext> constant)
    {
        var fits = (member.Type, constant.Constant.Kind) is
            (MemberType.Bool, CelKind.Bool) or (MemberType.Int, CelKind.Int) or (MemberType.UInt, CelKind.UInt) or (MemberType.Double, CelKind.Double)
            or (MemberType.String or MemberType.Enum, CelKind.String);
        return fits ? new(member.Path, member.Type, comparison, constant.Constant, constant.ConstantUtf8) : null;
    }

    internal static CelComparison Mirror(CelComparison comparison) => comparison switch
    {
        CelComparison.Less => CelComparison.Greater,
        CelComparison.LessOrEqual => CelComparison.GreaterOrEqual,
        CelComparison.Greater => CelComparison.Less,
        CelComparison.GreaterOrEqual => CelComparison.LessOrEqual,
        _ => comparison,
    };
}
