namespace Qualm.Rules.Cel;

/// <summary>A call of a function of two arguments.</summary>
internal sealed class Call2Node<T>(CelSpan span, CelType type, CelFunction2 body, CelNode<T> first, CelNode<T> second) : CelNode<T>(span, type, first, second)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        var a = first.Value(ref context, ref state);
        if (state.Failed) return default;
        var b = second.Value(ref context, ref state);
        if (state.Failed || !state.Spend(CelWork.OfSearch(a, b))) return default;
        state.Error = body(a, b, out var result);
        state.Spend(CelWork.OfWalk(result));
        return result;
    }
}
