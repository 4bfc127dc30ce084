namespace Qualm.Store.Writing;

/// <summary>Numbers drawn from the sequence that no committed row has yet. Ascending.</summary>
internal sealed class OwedNumbers
{
    private List<long> _numbers = [];

    internal IReadOnlyList<long> All => _numbers;

    internal void Add(ReadOnlySpan<long> drawn)
    {
        var sorted = _numbers.Count == 0 || drawn.IsEmpty || _numbers[^1] < drawn[0];
        _numbers.AddRange(drawn);
        if (!sorted) _numbers.Sort();
    }

    /// <summary>Takes everything: the numbers used, which stay with the caller, and the rest, which is returned.</summary>
    /// <exception cref="ArgumentException">A used number was not drawn, or is filled in already. Nothing is taken.</exception>
    internal long[] TakeAllBut(List<long> used)
    {
        if (used.Count == _numbers.Count && used.SequenceEqual(_numbers))
        {
            _numbers.Clear();
            return [];
        }

        var rest = new List<long>();
        var next = 0;
        foreach (var number in _numbers)
        {
            if (next < used.Count && used[next] == number) next++;
            else rest.Add(number);
        }

        if (next < used.Count) throw new ArgumentException($"position {used[next]} was not reserved for this turn, or is filled in already");
        _numbers = [];
        return [.. rest];
    }
}
