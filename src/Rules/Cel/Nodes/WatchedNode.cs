namespace Qualm.Rules.Cel;

/// <summary>A truth whose answers somebody counts. An error is no answer.</summary>
internal sealed class WatchedNode<T>(CelNode<T> inner, Action<bool> answered) : BoolNode<T>(inner.Span, inner)
    where T : allows ref struct
{
    public override bool Bool(ref T context, ref CelState state)
    {
        var holds = inner.Bool(ref context, ref state);
        if (!state.Failed) answered(holds);
        return holds;
    }
}
