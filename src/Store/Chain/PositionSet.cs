namespace Qualm.Store.Chain;

/// <summary>A set of positions that is made of few stretches.</summary>
internal sealed class PositionSet
{
    // Disjoint, ascending, no two touching.
    private readonly List<(long First, long Last)> _spans = [];

    internal void Add(long first, long last)
    {
        var at = FirstEndingFrom(first - 1);
        var end = at;
        for (; end < _spans.Count && _spans[end].First <= last + 1; end++)
        {
            (first, last) = (Math.Min(first, _spans[end].First), Math.Max(last, _spans[end].Last));
        }

        if (end == at + 1)
        {
            _spans[at] = (first, last);
            return;
        }

        _spans.RemoveRange(at, end - at);
        _spans.Insert(at, (first, last));
    }

    internal bool Contains(long position)
    {
        var at = FirstEndingFrom(position);
        return at < _spans.Count && _spans[at].First <= position;
    }

    /// <summary>The stretches from 1 on that are not in the set; the last one has no end.</summary>
    internal IEnumerable<(long First, long Last)> Gaps()
    {
        long next = 1;
        foreach (var (first, last) in _spans)
        {
            if (first > next) yield return (next, first - 1);
            next = last + 1;
        }

        yield return (next, long.MaxValue);
    }

    private int FirstEndingFrom(long position)
    {
        if (_spans.Count == 0 || _spans[^1].Last < position) return _spans.Count;
        var (low, high) = (0, _spans.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_spans[middle].Last >= position) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
