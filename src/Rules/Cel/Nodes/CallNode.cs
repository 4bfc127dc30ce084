namespace Qualm.Rules.Cel;

/// <summary>A call of a function of one argument.</summary>
internal sealed class CallNode<T>(CelSpan span, CelType type, CelFunction1 body, CelNode<T> argument) : CelNode<T>(span, type, argument)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        var a = argument.Value(ref context, ref state);
        if (state.Failed || !state.Spend(CelWork.OfWalk(a))) return default;
        state.Error = body(a, out var result);
        state.Spend(CelWork.OfWalk(result));
        return result;
    }
}
