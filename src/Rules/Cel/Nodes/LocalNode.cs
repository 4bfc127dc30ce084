namespace Qualm.Rules.Cel;

/// <summary>The variable of a macro.</summary>
internal sealed class LocalNode<T>(CelSpan span, CelType type, int depth) : CelNode<T>(span, type)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state) => state.Locals![depth];
}
