namespace Qualm.Rules.Cel;

/// <summary><c>x[key]</c> on a list or map.</summary>
internal sealed class IndexNode<T>(CelSpan span, CelType type, CelNode<T> operand, CelNode<T> key) : CelNode<T>(span, type, operand, key)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        if (operand.Type.Is(CelKind.Map)) return Entry(ref context, ref state);
        var collection = operand.Value(ref context, ref state);
        if (state.Failed) return default;
        var index = key.Value(ref context, ref state);
        if (state.Failed) return default;
        if (collection.Kind == CelKind.Map)
        {
            if (!collection.AsMap.TryGet(index, out var value)) state.Error = CelError.NoSuchKey(index);
            return value;
        }

        if (collection.Kind != CelKind.List || !TryWhole(index, out var at))
        {
            state.Error = collection.Kind == CelKind.List && index.IsNumber ? new CelError($"invalid index: {index}") : CelError.NoSuchOverload;
            return default;
        }

        var list = collection.AsList;
        if (at >= 0 && at < list.Count) return list[(int)at];
        state.Error = CelError.IndexRange(at);
        return default;
    }

    private CelValue Entry(ref T context, ref CelState state)
    {
        var index = key.Value(ref context, ref state);
        if (state.Failed) return default;
        if (!operand.TryEntry(ref context, ref state, index, out var value) && !state.Failed) state.Error = CelError.NoSuchKey(index);
        return value;
    }

    private static bool TryWhole(CelValue value, out long whole)
    {
        whole = value.Kind switch
        {
            CelKind.Int => value.AsInt,
            CelKind.UInt when value.AsUInt <= long.MaxValue => (long)value.AsUInt,
            CelKind.UInt => long.MaxValue,
            CelKind.Double when Math.Floor(value.AsDouble) == value.AsDouble && Math.Abs(value.AsDouble) < 1e15 => (long)value.AsDouble,
            _ => long.MinValue,
        };
        return whole != long.MinValue;
    }
}
