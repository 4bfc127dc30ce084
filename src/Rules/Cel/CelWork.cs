namespace Qualm.Rules.Cel;

/// <summary>Steps that work on values takes, where it grows with them, and the work that must count as it goes.</summary>
internal static class CelWork
{
    // Texts are walked many characters at a time.
    private const int CharactersPerStep = 16;
    private const int SoughtPerStep = 64;

    /// <summary>Of a walk over a text of this length.</summary>
    public static int OfWalk(int length) => length / CharactersPerStep;

    /// <summary>Of a walk over a text, or over the elements of a list or map; nothing for scalars.</summary>
    public static int OfWalk(CelValue value) => value.Kind switch
    {
        CelKind.String => OfWalk(value.AsString.Length),
        CelKind.Bytes => OfWalk(value.AsBytes.Length),
        CelKind.List => value.AsList.Count,
        CelKind.Map => value.AsMap.Count,
        _ => 0,
    };

    /// <summary>Of looking for one text in another, at its worst.</summary>
    public static int OfSearch(int text, int sought) => (int)Math.Min(CelState.MaxSteps + 1, (long)OfWalk(text) * (1 + (sought / SoughtPerStep)));

    /// <summary>As the lengths of two texts have it; else of a walk over the first.</summary>
    public static int OfSearch(CelValue value, CelValue sought) =>
        value.Kind == CelKind.String && sought.Kind == CelKind.String ? OfSearch(value.AsString.Length, sought.AsString.Length) : OfWalk(value);

    /// <summary>Equality that counts: lists within lists may share what they hold, and be far larger than what made them.</summary>
    /// <returns>False, with the error set, when it was too much.</returns>
    public static bool Equal(CelValue a, CelValue b, ref CelState state)
    {
        if (a.Kind == CelKind.List && b.Kind == CelKind.List) return Equal(a.AsList, b.AsList, ref state);
        if (a.Kind == CelKind.Map && b.Kind == CelKind.Map) return Equal(a.AsMap, b.AsMap, ref state);
        return state.Spend(OfWalk(a)) && a.Equals(b);
    }

    public static bool Contains(CelList list, CelValue value, ref CelState state)
    {
        foreach (ref readonly var item in list.Items)
        {
            if (!state.Spend(1)) return false;
            if (Equal(item, value, ref state)) return true;
            if (state.Failed) return false;
        }

        return false;
    }

    /// <summary>Counts every element of a value, however deep, so that whoever writes it out ends.</summary>
    public static bool CheckSize(CelValue value, ref CelState state)
    {
        if (value.Kind is not (CelKind.List or CelKind.Map)) return true;
        var items = value.Kind == CelKind.List ? value.AsList.Items : value.AsMap.Values;
        if (!state.Spend(items.Length)) return false;
        foreach (ref readonly var item in items)
        {
            if (!CheckSize(item, ref state)) return false;
        }

        return true;
    }

    private static bool Equal(CelList a, CelList b, ref CelState state)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (!state.Spend(1) || !Equal(a[i], b[i], ref state)) return false;
        }

        return true;
    }

    private static bool Equal(CelMap a, CelMap b, ref CelState state)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (!state.Spend(1) || !b.TryGet(a.Keys[i], out var value) || !Equal(a.Values[i], value, ref state)) return false;
        }

        return true;
    }
}
