using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>A comparison of something that has a name, such as <c>agg.count</c> or <c>event.data.action</c>, with a constant.</summary>
/// <param name="Path">From its root, e.g. <c>agg.count</c>.</param>
/// <param name="IsWhole">Whether its values are whole numbers.</param>
internal sealed record NamedTest(string Path, CelComparison Comparison, CelValue Constant, bool IsWhole)
{
    public static NamedTest? Recognise(CelNode<EvalContext> node) => node switch
    {
        CompareNode<EvalContext> { Left.Member: { } member, Right: ConstantNode<EvalContext> constant } compare => Of(member, compare.Comparison, constant),
        CompareNode<EvalContext> { Right.Member: { } member, Left: ConstantNode<EvalContext> constant } compare => Of(member, MemberTest.Mirror(compare.Comparison), constant),
        _ => null,
    };

    private static NamedTest Of(CelMember<EvalContext> member, CelComparison comparison, ConstantNode<EvalContext> constant) =>
        new(member.Path, comparison, constant.Constant, member.Type.Is(CelKind.Int) || member.Type.Is(CelKind.UInt));
}
