namespace Qualm.Rules.Cel;

/// <summary><c>startsWith endsWith contains</c>.</summary>
internal sealed class TextTestNode<T>(CelSpan span, char test, CelNode<T> text, CelNode<T> part) : BoolNode<T>(span, text, part)
    where T : allows ref struct
{
    private readonly bool _utf8 = text.IsUtf8 && part.IsUtf8;

    public override bool Bool(ref T context, ref CelState state) => _utf8 ? OfUtf8(ref context, ref state) : OfTexts(ref context, ref state);

    private int Work(int text, int part) => test == '*' ? CelWork.OfSearch(text, part) : CelWork.OfWalk(Math.Min(text, part));

    private bool OfUtf8(ref T context, ref CelState state)
    {
        var a = text.Utf8(ref context, ref state);
        if (state.Failed) return false;
        var b = part.Utf8(ref context, ref state);
        if (state.Failed) return false;
        if (!state.Spend(Work(a.Length, b.Length))) return false;
        return test switch { '^' => a.StartsWith(b), '$' => a.EndsWith(b), _ => a.IndexOf(b) >= 0 };
    }

    private bool OfTexts(ref T context, ref CelState state)
    {
        var a = text.Text(ref context, ref state);
        if (state.Failed) return false;
        var b = part.Text(ref context, ref state);
        if (state.Failed) return false;
        if (!state.Spend(Work(a.Length, b.Length))) return false;
        return test switch
        {
            '^' => a.StartsWith(b, StringComparison.Ordinal),
            '$' => a.EndsWith(b, StringComparison.Ordinal),
            _ => a.Contains(b, StringComparison.Ordinal),
        };
    }
}
