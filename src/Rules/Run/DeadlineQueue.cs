using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>What falls due, in the order in which it must be decided: due time, rule, key. Entries may be stale; their runner knows.</summary>
internal sealed class DeadlineQueue
{
    private readonly PriorityQueue<Entry, Entry> _queue = new(Comparer<Entry>.Create(Compare));

    public void Add(Instant due, RuleRunner runner, int slot)
    {
        var entry = new Entry(due.Micros, runner, slot);
        _queue.Enqueue(entry, entry);
    }

    public bool TryPeek(out Entry first) => _queue.TryPeek(out first, out _);

    public void Clear() => _queue.Clear();

    public Entry Take() => _queue.Dequeue();

    private static int Compare(Entry left, Entry right)
    {
        if (left.Due != right.Due) return left.Due.CompareTo(right.Due);
        if (left.Runner.Index != right.Runner.Index) return left.Runner.Index.CompareTo(right.Runner.Index);
        return left.Slot == right.Slot ? 0 : left.Runner.Keys.Compare(left.Slot, right.Slot);
    }

    public readonly record struct Entry(long Due, RuleRunner Runner, int Slot);
}
