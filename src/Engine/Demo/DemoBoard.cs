using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Demo;

/// <summary>What the demo shows: the newest events, every VM, every open alert, every page. Safe to use from several threads.</summary>
internal sealed class DemoBoard
{
    public const int EventsKept = 12;

    private readonly Lock _lock = new();
    private readonly Queue<Committed.Seen> _events = new();
    private readonly SortedDictionary<string, string> _vms = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, AlertTransition> _alerts = new(StringComparer.Ordinal);
    private readonly List<Page> _pages = [];
    private long _count;

    /// <summary>A consistent copy.</summary>
    public sealed record Snapshot(
        long Count,
        IReadOnlyList<Committed.Seen> Events,
        IReadOnlyList<KeyValuePair<string, string>> Vms,
        IReadOnlyList<AlertTransition> Alerts,
        IReadOnlyList<Page> Pages);

    public void Add(Committed turn)
    {
        lock (_lock)
        {
            _count += turn.Inputs.Sum(seen => seen.Weight);
            foreach (var seen in turn.Inputs)
            {
                _events.Enqueue(seen);
                if (_events.Count > EventsKept) _events.Dequeue();
                if (seen.Vm.Length > 0) _vms[seen.Vm] = seen.Status;
            }

            foreach (var decision in turn.Decisions.Where(d => d.Kind == ConclusionKind.Alert)) _alerts[decision.Id] = decision;
        }
    }

    public void Add(Page page)
    {
        lock (_lock) _pages.Add(page);
    }

    public Snapshot Look()
    {
        lock (_lock) return new Snapshot(_count, [.. _events], [.. _vms], [.. _alerts.Values], [.. _pages]);
    }
}
