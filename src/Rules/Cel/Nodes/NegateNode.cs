namespace Qualm.Rules.Cel;

/// <summary><c>-x</c>.</summary>
internal sealed class NegateNode<T>(CelSpan span, CelType type, CelNode<T> operand) : CelNode<T>(span, type, operand)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        var value = operand.Value(ref context, ref state);
        if (state.Failed) return default;
        switch (value.Kind)
        {
            case CelKind.Int when value.AsInt != long.MinValue: return CelValue.Of(-value.AsInt);
            case CelKind.Double: return CelValue.Of(-value.AsDouble);
            default:
                state.Error = value.Kind == CelKind.Int ? CelError.IntOverflow : CelError.NoSuchOverload;
                return default;
        }
    }
}
