using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Qualm.Model;

/// <summary>The newest events of one VM in the order of the log, oldest first, at most <see cref="VmState.LastEventsKept"/>.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is said what it holds, not how.")]
public sealed class LastEvents : IReadOnlyCollection<LastEvent>
{
    internal static readonly LastEvents None = new();

    private LastEvent[] _ring = [];
    private int _first;

    public int Count { get; private set; }

    /// <param name="index">0 for the oldest.</param>
    public LastEvent this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return _ring[(_first + index) % _ring.Length];
        }
    }

    public IEnumerator<LastEvent> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(LastEvent newest)
    {
        if (Count == _ring.Length && Count < VmState.LastEventsKept) Array.Resize(ref _ring, Math.Max(2, Count * 2));
        if (Count < _ring.Length)
        {
            _ring[Count++] = newest;
            return;
        }

        _ring[_first] = newest;
        _first = (_first + 1) % _ring.Length;
    }
}
