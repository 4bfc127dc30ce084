using System.Collections.Immutable;

namespace Qualm.Rules.Run;

/// <summary>
/// The causes of what rules concluded, by the position of the event that completed it: what a rule above tells as its
/// causes are events of the log, those behind its own causes included.
/// </summary>
/// <param name="keep">For how long, in microseconds of stamps, they may be asked for.</param>
internal sealed class CauseTable(long keep)
{
    private readonly Dictionary<long, ImmutableArray<long>> _causes = [];
    private readonly Queue<(long Stamp, long Position)> _order = new();

    public void Add(long position, ReadOnlySpan<long> causes, long stamp)
    {
        while (_order.TryPeek(out var first) && first.Stamp + keep < stamp) _causes.Remove(_order.Dequeue().Position);
        if (causes is [] || (causes.Length == 1 && causes[0] == position)) return;
        if (_causes.TryGetValue(position, out var known))
        {
            _causes[position] = [.. Union(known.AsSpan(), causes)];
            return;
        }

        _causes.Add(position, [.. causes]);
        _order.Enqueue((stamp, position));
    }

    /// <summary>Knows what another knows as well.</summary>
    public void TakeOver(CauseTable other)
    {
        foreach (var (stamp, position) in other._order) Add(position, other._causes[position].AsSpan(), stamp);
        var ordered = _order.OrderBy(e => e.Stamp).ThenBy(e => e.Position).ToArray();
        _order.Clear();
        foreach (var entry in ordered) _order.Enqueue(entry);
    }

    /// <summary>The positions, and all that is behind them; ascending, the newest if they are many.</summary>
    public ReadOnlySpan<long> Expand(ReadOnlySpan<long> positions)
    {
        var expanded = positions;
        foreach (var position in positions)
        {
            if (position != 0 && _causes.TryGetValue(position, out var causes)) expanded = Union(expanded, causes.AsSpan());
        }

        if (expanded.IndexOf(0) is not (>= 0 and var none)) return expanded;
        long[] others = [.. expanded[..none], .. expanded[(none + 1)..]];
        return others;
    }

    public void Save(StateSaver to)
    {
        to.Write(_order.Count);
        foreach (var (stamp, position) in _order)
        {
            to.Write(stamp);
            to.Write(position);
            to.Write(_causes[position]);
        }
    }

    public void Load(StateLoader from)
    {
        for (var left = from.Reader.ReadCount(); left > 0; left--)
        {
            var (stamp, position) = (from.Long(), from.Long());
            StateLoader.Check(_causes.TryAdd(position, from.Numbers()), $"causes of event {position} are told twice");
            _order.Enqueue((stamp, position));
        }
    }

    private static long[] Union(ReadOnlySpan<long> left, ReadOnlySpan<long> right)
    {
        var all = new SortedSet<long>(left.ToArray());
        all.UnionWith(right.ToArray());
        return [.. all.Skip(Math.Max(0, all.Count - WindowRunner.MaxCauses))];
    }
}
