using System.Collections.Immutable;

namespace Qualm.Rules.Cel;

/// <summary><c>{key: value}</c>.</summary>
internal sealed class MapNode<T>(CelSpan span, CelType type, ImmutableArray<CelNode<T>> keys, ImmutableArray<CelNode<T>> values)
    : CelNode<T>(span, type, [.. keys, .. values])
    where T : allows ref struct
{
    public override long Size => keys.Length;

    public override CelValue Value(ref T context, ref CelState state)
    {
        if (!state.Spend(keys.Length * 2)) return default;
        var k = new CelValue[keys.Length];
        var v = new CelValue[keys.Length];
        for (var i = 0; i < k.Length; i++)
        {
            k[i] = keys[i].Value(ref context, ref state);
            if (state.Failed) return default;
            v[i] = values[i].Value(ref context, ref state);
            if (state.Failed) return default;
        }

        state.Error = CelMap.TryCreate(k, v, lastWins: false, out var map);
        return CelValue.OfMap(map);
    }
}
