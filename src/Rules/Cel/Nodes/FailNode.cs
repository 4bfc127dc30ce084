namespace Qualm.Rules.Cel;

/// <summary>Something that has no value, whatever the context.</summary>
internal sealed class FailNode<T>(CelSpan span, CelError error) : CelNode<T>(span, CelType.Dyn)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        state.Error ??= error;
        return default;
    }
}
