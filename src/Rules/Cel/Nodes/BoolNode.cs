namespace Qualm.Rules.Cel;

/// <summary>A node that is a condition.</summary>
internal abstract class BoolNode<T>(CelSpan span, params ReadOnlySpan<CelNode<T>> children) : CelNode<T>(span, CelType.Bool, children)
    where T : allows ref struct
{
    public sealed override CelValue Value(ref T context, ref CelState state) => CelValue.Of(Bool(ref context, ref state));

    public abstract override bool Bool(ref T context, ref CelState state);
}
