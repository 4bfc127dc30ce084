namespace Qualm.Rules.Cel;

/// <summary><c>test ? a : b</c>; the branch not taken is not evaluated.</summary>
internal sealed class ConditionalNode<T>(CelSpan span, CelType type, CelNode<T> test, CelNode<T> then, CelNode<T> other) : CelNode<T>(span, type, test, then, other)
    where T : allows ref struct
{
    public override long Size => Math.Max(then.Size, other.Size);

    public override CelValue Value(ref T context, ref CelState state)
    {
        var holds = test.Bool(ref context, ref state);
        if (state.Failed) return default;
        return holds ? then.Value(ref context, ref state) : other.Value(ref context, ref state);
    }

    public override bool Bool(ref T context, ref CelState state)
    {
        var holds = test.Bool(ref context, ref state);
        if (state.Failed) return false;
        return holds ? then.Bool(ref context, ref state) : other.Bool(ref context, ref state);
    }
}
