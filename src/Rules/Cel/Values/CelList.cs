namespace Qualm.Rules.Cel;

/// <summary>A list value. Immutable.</summary>
/// <param name="items">Owned by the list from now on.</param>
internal sealed class CelList(CelValue[] items)
{
    public static readonly CelList Empty = new([]);

    public int Count => items.Length;

    public CelValue this[int index] => items[index];

    public ReadOnlySpan<CelValue> Items => items;

    public bool Contains(CelValue value)
    {
        foreach (ref readonly var item in Items)
        {
            if (item.Equals(value)) return true;
        }

        return false;
    }

    public bool EqualTo(CelList other)
    {
        if (Count != other.Count) return false;
        for (var i = 0; i < items.Length; i++)
        {
            if (!items[i].Equals(other.Items[i])) return false;
        }

        return true;
    }
}
