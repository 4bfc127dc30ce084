namespace Qualm.Rules.Cel;

/// <summary><c>x in y</c>: an element of a list, a key of a map.</summary>
internal abstract class InNode<T>(CelSpan span, CelNode<T> element, CelNode<T> collection) : BoolNode<T>(span, element, collection)
    where T : allows ref struct
{
    public CelNode<T> Element => element;

    public CelNode<T> Collection => collection;

    public static InNode<T> Create(CelSpan span, CelNode<T> element, CelNode<T> collection)
    {
        if (element.IsUtf8 && element is not ConstantNode<T> && collection is ConstantNode<T> { Constant: { Kind: CelKind.List } list }
            && list.AsList.Items.ToArray().All(i => i.Kind == CelKind.String))
        {
            if (list.AsList.Count >= InTextsNode<T>.Fewest) return new InTextsNode<T>(span, element, collection, [.. list.AsList.Items.ToArray().Select(i => i.AsString)]);
            return new OfTexts(span, element, collection, [.. list.AsList.Items.ToArray().Select(i => System.Text.Encoding.UTF8.GetBytes(i.AsString))]);
        }

        return new OfValues(span, element, collection);
    }

    private sealed class OfTexts(CelSpan span, CelNode<T> element, CelNode<T> collection, byte[][] texts) : InNode<T>(span, element, collection)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var sought = Element.Utf8(ref context, ref state);
            if (state.Failed) return false;
            foreach (var text in texts)
            {
                if (sought.SequenceEqual(text)) return true;
            }

            return false;
        }
    }

    private sealed class OfValues(CelSpan span, CelNode<T> element, CelNode<T> collection) : InNode<T>(span, element, collection)
    {
        public override bool Bool(ref T context, ref CelState state)
        {
            var sought = Element.Value(ref context, ref state);
            if (state.Failed) return false;
            if (Collection.Type.Is(CelKind.Map)) return Collection.TryEntry(ref context, ref state, sought, out _);
            var all = Collection.Value(ref context, ref state);
            if (state.Failed) return false;
            switch (all.Kind)
            {
                case CelKind.List: return CelWork.Contains(all.AsList, sought, ref state);
                case CelKind.Map: return all.AsMap.TryGet(sought, out _);
                default:
                    state.Error ??= CelError.NoSuchOverload;
                    return false;
            }
        }
    }
}
