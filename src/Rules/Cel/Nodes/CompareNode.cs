namespace Qualm.Rules.Cel;

/// <summary>A comparison of any two values; the faster forms stand beside it.</summary>
internal abstract class CompareNode<T>(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : BoolNode<T>(span, left, right)
    where T : allows ref struct
{
    public CelComparison Comparison => comparison;

    public CelNode<T> Left => left;

    public CelNode<T> Right => right;

    protected bool IsEquality => comparison <= CelComparison.NotEqual;

    public static CompareNode<T> Create(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right)
    {
        if (left.Type.Is(CelKind.Int) && right.Type.Is(CelKind.Int)) return new OfInts(span, comparison, left, right);
        if (left.Type.Is(CelKind.UInt) && right.Type.Is(CelKind.UInt)) return new OfUInts(span, comparison, left, right);
        if (!left.Type.Is(CelKind.String) || !right.Type.Is(CelKind.String)) return new OfValues(span, comparison, left, right);
        if (left.IsUtf8 && right.IsUtf8) return new OfUtf8(span, comparison, left, right);
        if (left.IsUtf8 && comparison <= CelComparison.NotEqual) return new OfMixedTexts(span, comparison, left, right, left, right);
        if (right.IsUtf8 && right is not ConstantNode<T> && comparison <= CelComparison.NotEqual) return new OfMixedTexts(span, comparison, left, right, right, left);
        return new OfTexts(span, comparison, left, right);
    }

    protected bool Holds(int order) => comparison switch
    {
        CelComparison.Equal => order == CelOrder.Equal,
        CelComparison.NotEqual => order != CelOrder.Equal,
        CelComparison.Less => order < 0,
        CelComparison.LessOrEqual => order <= 0,
        CelComparison.Greater => order == CelOrder.Greater,
        _ => order is CelOrder.Equal or CelOrder.Greater,
    };

    private sealed class OfValues(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var a = Left.Value(ref context, ref state);
            if (state.Failed) return false;
            var b = Right.Value(ref context, ref state);
            if (state.Failed) return false;
            if (IsEquality) return CelWork.Equal(a, b, ref state) == (Comparison == CelComparison.Equal);
            if (!state.Spend(CelWork.OfWalk(a))) return false;
            if (CelOrder.TryCompare(a, b, out var order)) return Holds(order);
            state.Error = CelError.NoSuchOverload;
            return false;
        }
    }

    private sealed class OfInts(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var a = Left.Int(ref context, ref state);
            if (state.Failed) return false;
            var b = Right.Int(ref context, ref state);
            return !state.Failed && Holds(a.CompareTo(b));
        }
    }

    private sealed class OfUInts(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var a = Left.UInt(ref context, ref state);
            if (state.Failed) return false;
            var b = Right.UInt(ref context, ref state);
            return !state.Failed && Holds(a.CompareTo(b));
        }
    }

    // Order by bytes of UTF-8 is order by code points.
    private sealed class OfUtf8(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var a = Left.Utf8(ref context, ref state);
            if (state.Failed) return false;
            var b = Right.Utf8(ref context, ref state);
            if (state.Failed) return false;
            if (!state.Spend(CelWork.OfWalk(Math.Min(a.Length, b.Length)))) return false;
            return IsEquality ? a.SequenceEqual(b) == (Comparison == CelComparison.Equal) : Holds(Math.Sign(a.SequenceCompareTo(b)));
        }
    }

    private sealed class OfTexts(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var a = Left.Text(ref context, ref state);
            if (state.Failed) return false;
            var b = Right.Text(ref context, ref state);
            if (state.Failed) return false;
            if (!state.Spend(CelWork.OfWalk(Math.Min(a.Length, b.Length)))) return false;
            return IsEquality ? string.Equals(a, b, StringComparison.Ordinal) == (Comparison == CelComparison.Equal) : Holds(Math.Sign(CelOrder.Texts(a, b)));
        }
    }

    private sealed class OfMixedTexts(CelSpan span, CelComparison comparison, CelNode<T> left, CelNode<T> right, CelNode<T> utf8, CelNode<T> text) : CompareNode<T>(span, comparison, left, right)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var b = text.Text(ref context, ref state);
            if (state.Failed) return false;
            var a = utf8.Utf8(ref context, ref state);
            return !state.Failed && state.Spend(CelWork.OfWalk(b.Length)) && CelText.Same(a, b) == (Comparison == CelComparison.Equal);
        }
    }
}
