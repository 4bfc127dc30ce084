namespace Qualm.Rules.Cel;

/// <summary><c>all exists exists_one filter map</c> over the elements of a list or the keys of a map.</summary>
internal sealed class MacroNode<T> : CelNode<T>
    where T : allows ref struct
{
    private const int NodesPerStep = 8;

    private readonly CelMacroKind _kind;
    private readonly CelNode<T> _range;
    private readonly int _depth;
    private readonly CelNode<T>? _filter;
    private readonly CelNode<T>? _transform;
    private readonly int _steps;

    public MacroNode(CelSpan span, CelType type, CelMacroKind kind, CelNode<T> range, int depth, CelNode<T>? filter, CelNode<T>? transform)
        : base(span, type)
    {
        (_kind, _range, _depth, _filter, _transform) = (kind, range, depth, filter, transform);
        _steps = 1 + (((filter?.Nodes ?? 0) + (transform?.Nodes ?? 0)) / NodesPerStep);
        Nodes = 1 + range.Nodes + (filter?.Nodes ?? 0) + (transform?.Nodes ?? 0);
        Children = [.. new[] { range, filter, transform }.OfType<CelNode<T>>()];
        Cost = 1 + range.Cost + Times(range.Size, 1 + (filter?.Cost ?? 0) + (transform?.Cost ?? 0));
    }

    public override long Size => _range.Size;

    public override CelValue Value(ref T context, ref CelState state)
    {
        var range = _range.Value(ref context, ref state);
        if (state.Failed) return default;
        if (range.Kind is not (CelKind.List or CelKind.Map))
        {
            state.Error = CelError.NoSuchOverload;
            return default;
        }

        var items = range.Kind == CelKind.List ? range.AsList.Items : range.AsMap.Keys;
        return _kind switch
        {
            CelMacroKind.All => CelValue.Of(Quantify(items, isAll: true, ref context, ref state)),
            CelMacroKind.Exists => CelValue.Of(Quantify(items, isAll: false, ref context, ref state)),
            CelMacroKind.ExistsOne => CelValue.Of(Count(items, ref context, ref state) == 1),
            _ => Collect(items, ref context, ref state),
        };
    }

    private bool Quantify(ReadOnlySpan<CelValue> items, bool isAll, ref T context, ref CelState state)
    {
        CelError? error = null;
        foreach (ref readonly var item in items)
        {
            if (!state.Spend(_steps)) return false;
            state.Locals![_depth] = item;
            var holds = _filter!.Bool(ref context, ref state);
            if (state.Failed)
            {
                if (state.IsSpent) return isAll;
                error ??= state.Error;
                state.Error = null;
            }
            else if (holds != isAll)
            {
                return holds;
            }
        }

        state.Error = error;
        return isAll;
    }

    private int Count(ReadOnlySpan<CelValue> items, ref T context, ref CelState state)
    {
        var count = 0;
        foreach (ref readonly var item in items)
        {
            if (Passes(item, ref context, ref state)) count++;
            if (state.Failed) return 0;
        }

        return count;
    }

    private CelValue Collect(ReadOnlySpan<CelValue> items, ref T context, ref CelState state)
    {
        var kept = new List<CelValue>();
        foreach (ref readonly var item in items)
        {
            var passes = Passes(item, ref context, ref state);
            if (state.Failed) return default;
            if (!passes) continue;
            kept.Add(_transform is null ? item : _transform.Value(ref context, ref state));
            if (state.Failed) return default;
        }

        return CelValue.OfList(new CelList([.. kept]));
    }

    private bool Passes(CelValue item, ref T context, ref CelState state)
    {
        if (!state.Spend(_steps)) return false;
        state.Locals![_depth] = item;
        return _filter is null || _filter.Bool(ref context, ref state);
    }
}
