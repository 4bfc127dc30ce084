using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Qualm.Model;

/// <summary>The newest events of one VM in the order of the log, oldest first, at most <see cref="VmState.LastEventsKept"/>.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is said what it holds, not how.")]
public sealed class LastEvents : IReadOnlyCollection<LastEvent>
{
    internal static readonly LastEvents None = new();

    private Ring _ring;
    private int _first;

    public int Count { get; private set; }

    /// <param name="index">0 for the oldest.</param>
    public LastEvent this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return _ring[(_first + index) % VmState.LastEventsKept];
        }
    }

    public IEnumerator<LastEvent> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(LastEvent newest)
    {
        _ring[(_first + Count) % VmState.LastEventsKept] = newest;
        if (Count < VmState.LastEventsKept) Count++;
        else _first = (_first + 1) % VmState.LastEventsKept;
    }

    /// <summary>Fetches where the next event will lie; see <see cref="Ahead"/>. To be called once the first line is there.</summary>
    internal void FetchNext() => Ahead.FetchWhole(ref _ring[(_first + Count) % VmState.LastEventsKept]);

    /// <summary>In the object itself: one miss of the cache less for every event.</summary>
    [InlineArray(VmState.LastEventsKept)]
    private struct Ring
    {
        private LastEvent _first;
    }
}
