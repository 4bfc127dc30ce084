namespace Qualm.Rules.Cel;

/// <summary>A call of a function of three or four arguments that builds a text.</summary>
internal sealed class Call4Node<T>(CelSpan span, CelType type, CelFunction4 body, CelNode<T> first, CelNode<T> second, CelNode<T> third, CelNode<T>? fourth)
    : CelNode<T>(span, type, first, second, third)
    where T : allows ref struct
{
    public override CelValue Value(ref T context, ref CelState state)
    {
        var a = first.Value(ref context, ref state);
        if (state.Failed) return default;
        var b = second.Value(ref context, ref state);
        if (state.Failed) return default;
        var c = third.Value(ref context, ref state);
        if (state.Failed) return default;
        var d = fourth is null ? default : fourth.Value(ref context, ref state);
        if (state.Failed) return default;
        if (!state.Spend(CelWork.OfSearch(a, b))) return default;
        if (a.Kind == CelKind.String && b.Kind == CelKind.String && c.Kind == CelKind.String && !state.Spend((int)Math.Min(int.MaxValue / 2, ((long)a.AsString.Length + 1) * (c.AsString.Length + 1)))) return default;
        state.Error = body(a, b, c, d, out var result);
        return result;
    }
}
