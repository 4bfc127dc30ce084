namespace Qualm.Rules.Cel;

/// <summary><c>!x</c>.</summary>
internal sealed class NotNode<T>(CelSpan span, CelNode<T> operand) : BoolNode<T>(span, operand)
    where T : allows ref struct
{
    public CelNode<T> Operand => operand;

    public override bool Bool(ref T context, ref CelState state) => !operand.Bool(ref context, ref state);
}
