using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListNode<T>(CelSpan span, CelType type, ImmutableArray<CelNode<T>> items) : CelNode<T>(span, type, items.AsSpan())
    where T : allows ref struct
{
    public override long Size => items.Length;

    public override CelValue Value(ref T context, ref CelState state)
    {
        if (!state.Spend(items.Length)) return default;
        var values = new CelValue[items.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Value(ref context, ref state);
            if (state.Failed) return default;
        }

        return CelValue.OfList(new CelList(values));
    }
}
