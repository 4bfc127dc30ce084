namespace Qualm.Rules.Cel;

/// <summary><c>dyn(x)</c>: the same value, its type forgotten.</summary>
internal sealed class DynNode<T>(CelSpan span, CelNode<T> operand) : CelNode<T>(span, CelType.Dyn, operand)
    where T : allows ref struct
{
    public override long Size => operand.Size;

    public override CelValue Value(ref T context, ref CelState state) => operand.Value(ref context, ref state);
}
