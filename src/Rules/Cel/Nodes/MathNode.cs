namespace Qualm.Rules.Cel;

/// <summary>An arithmetic operator.</summary>
internal sealed class MathNode<T>(CelSpan span, CelType type, char sign, CelNode<T> left, CelNode<T> right) : CelNode<T>(span, type, left, right)
    where T : allows ref struct
{
    public override long Size => left.Size + right.Size;

    public override CelValue Value(ref T context, ref CelState state)
    {
        var a = left.Value(ref context, ref state);
        if (state.Failed) return default;
        var b = right.Value(ref context, ref state);
        if (state.Failed || !state.Spend(CelMath.Work(a, b))) return default;
        state.Error = CelMath.Apply(sign, a, b, out var result);
        return result;
    }
}
