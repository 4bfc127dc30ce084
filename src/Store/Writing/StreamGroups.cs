namespace Qualm.Store.Writing;

/// <summary>The streams of a batch of rows, each once, in ordinal order of their names, and which place every row takes in its stream.</summary>
internal sealed class StreamGroups
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<long> _counts = [];

    private StreamGroups(int rows)
    {
        Group = new int[rows];
        Ordinal = new int[rows];
    }

    internal string[] Names { get; private set; } = [];

    internal long[] Counts { get; private set; } = [];

    /// <summary>By row: the index of its stream.</summary>
    internal int[] Group { get; }

    /// <summary>By row: its place among the rows of its stream, from 1.</summary>
    internal int[] Ordinal { get; }

    internal static StreamGroups Of(IReadOnlyList<AppendRow> rows)
    {
        var groups = new StreamGroups(rows.Count);
        for (var i = 0; i < rows.Count; i++) groups.Place(i, rows[i].Stream);
        groups.Sort();
        return groups;
    }

    /// <summary>By row: how many rows of its stream come after it.</summary>
    internal long[] FromEnd()
    {
        var back = new long[Group.Length];
        for (var row = 0; row < back.Length; row++) back[row] = Counts[Group[row]] - Ordinal[row];
        return back;
    }

    private void Place(int row, string stream)
    {
        if (!_index.TryGetValue(stream, out var group)) group = Introduce(stream);
        Group[row] = group;
        Ordinal[row] = (int)++System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts)[group];
    }

    private int Introduce(string stream)
    {
        // Two names may be stored as one.
        var stored = StoredText.Stream(stream);
        if (!_index.TryGetValue(stored, out var group))
        {
            group = _names.Count;
            _names.Add(stored);
            _counts.Add(0);
            _index[stored] = group;
        }

        _index[stream] = group;
        return group;
    }

    /// <summary>Every writer locks streams in the same order, so that none waits for another in a circle.</summary>
    private void Sort()
    {
        Names = [.. _names];
        Counts = [.. _counts];
        if (Names.Length == 1) return;
        var order = Enumerable.Range(0, Names.Length).ToArray();
        Array.Sort(Names, order, StringComparer.Ordinal);
        var place = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
            Counts[i] = _counts[order[i]];
        }

        for (var row = 0; row < Group.Length; row++) Group[row] = place[Group[row]];
    }
}
