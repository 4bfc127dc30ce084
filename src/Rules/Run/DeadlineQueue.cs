using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>What falls due, in the order in which it must be decided: due time, rule, key. Entries may be stale; their runner knows.</summary>
internal sealed class DeadlineQueue
{
    // A heap of numbers alone; the runners stand beside it, by their place in the agenda.
    private Node[] _heap = new Node[64];
    private RuleRunner[] _runners = [];
    private int _count;

    public void Add(Instant due, RuleRunner runner, int slot)
    {
        if (runner.Index >= _runners.Length) Array.Resize(ref _runners, Math.Max(runner.Index + 1, _runners.Length * 2));
        if (!ReferenceEquals(_runners[runner.Index], runner)) _runners[runner.Index] = runner;
        if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
        var added = new Node(due.Micros, runner.Index, slot);
        var place = _count++;
        while (place > 0 && IsBefore(added, _heap[(place - 1) >> 1]))
        {
            _heap[place] = _heap[(place - 1) >> 1];
            place = (place - 1) >> 1;
        }

        _heap[place] = added;
    }

    public bool TryPeek(out Entry first)
    {
        first = _count > 0 ? EntryOf(_heap[0]) : default;
        return _count > 0;
    }

    /// <summary>When the first is due; <see cref="long.MaxValue"/> when there is none.</summary>
    public long FirstDue => _count > 0 ? _heap[0].Due : long.MaxValue;

    public void Clear() => _count = 0;

    public void Save(StateSaver to) => to.Writer.WriteAll<Node>(_heap.AsSpan(0, _count));

    /// <param name="runners">In the order of the agenda.</param>
    public void Load(StateLoader from, RuleRunner[] runners)
    {
        var heap = from.Reader.ReadAll<Node>();
        foreach (var node in heap)
        {
            StateLoader.Check((uint)node.Rule < (uint)runners.Length && runners[node.Rule].Keys.HasSlot(node.Slot), "a deadline is of no rule and key");
        }

        (_count, _runners) = (heap.Length, [.. runners]);
        _heap = heap.Length > _heap.Length ? heap : [.. heap, .. new Node[_heap.Length - heap.Length]];
    }

    /// <summary>Takes the first out; there must be one.</summary>
    public Entry Take()
    {
        var first = _heap[0];
        var last = _heap[--_count];
        var place = 0;
        while ((place * 2) + 1 is var child && child < _count)
        {
            if (child + 1 < _count && IsBefore(_heap[child + 1], _heap[child])) child++;
            if (!IsBefore(_heap[child], last)) break;
            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = last;
        return EntryOf(first);
    }

    private Entry EntryOf(Node node) => new(node.Due, _runners[node.Rule], node.Slot);

    private bool IsBefore(in Node left, in Node right)
    {
        if (left.Due != right.Due) return left.Due < right.Due;
        if (left.Rule != right.Rule) return left.Rule < right.Rule;
        return left.Slot != right.Slot && _runners[left.Rule].Keys.Compare(left.Slot, right.Slot) < 0;
    }

    public readonly record struct Entry(long Due, RuleRunner Runner, int Slot);

    private readonly record struct Node(long Due, int Rule, int Slot);
}
