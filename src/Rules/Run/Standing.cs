namespace Qualm.Rules.Run;

/// <summary>How many keys of one rule that agree in some parts support its conclusion, now and a while back in event time.</summary>
internal sealed class Standing
{
    private readonly List<Change> _recent = [];
    private int _settled;
    private int _count;

    /// <summary>One key that began, or ceased, to support it.</summary>
    public readonly record struct Change(long At, int By, long Stamp, long Position);

    /// <summary>In the order in which they were decided.</summary>
    public IReadOnlyList<Change> Recent => _recent;

    public bool Holds => _count > 0;

    /// <summary>Whether it holds at an event time, as far as is known now.</summary>
    public bool HoldsAt(long at)
    {
        var count = _settled;
        foreach (var change in _recent)
        {
            if (change.At <= at) count += change.By;
        }

        return count > 0;
    }

    /// <param name="settledBefore">Changes decided before this stamp are asked about no more.</param>
    public void Add(in Change change, long settledBefore)
    {
        Settle(settledBefore);
        _recent.Add(change);
        _count += change.By;
    }

    /// <summary>One more that has stood for long.</summary>
    public void AddSettled() => (_settled, _count) = (_settled + 1, _count + 1);

    /// <summary>Whether nothing is left to remember.</summary>
    public bool IsIdle(long settledBefore)
    {
        Settle(settledBefore);
        return _count == 0 && _recent.Count == 0;
    }

    public void Save(StateSaver to)
    {
        to.Write(_settled);
        to.Write(_count);
        to.Write(_recent.Count);
        foreach (var change in _recent)
        {
            to.Write(change.At);
            to.Write(change.By);
            to.Write(change.Stamp);
            to.Write(change.Position);
        }
    }

    public static Standing Load(StateLoader from)
    {
        var standing = new Standing { _settled = from.Int(), _count = from.Int() };
        for (var left = from.Reader.ReadCount(); left > 0; left--) standing._recent.Add(new Change(from.Long(), from.Int(), from.Long(), from.Long()));
        return standing;
    }

    private void Settle(long before)
    {
        var past = 0;
        for (; past < _recent.Count && _recent[past].Stamp < before; past++) _settled += _recent[past].By;
        _recent.RemoveRange(0, past);
    }
}
