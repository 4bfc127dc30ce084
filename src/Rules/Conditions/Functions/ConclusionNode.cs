using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary><c>firing(alert)</c> and <c>fact(name)</c>.</summary>
internal sealed class ConclusionNode(CelSpan span, ConclusionUse use) : BoolNode<EvalContext>(span)
{
    private static readonly CelError Unknown = new("what other rules have concluded is not known here");

    public override bool Bool(ref EvalContext context, ref CelState state)
    {
        if (context.Facts is { } facts) return facts.Holds(use, context.At);
        state.Error = Unknown;
        return false;
    }
}
