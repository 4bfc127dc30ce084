using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

// Finds the events of a match; the latest that fit are taken. What is found is left in _chosen.
internal sealed partial class StepsRunner
{
    private bool TrySequence(int slot, int last)
    {
        _chosen.AsSpan().Clear();
        _chosen[^1] = last;
        return Joins(_required.Length - 1) && Before(slot, _required.Length - 2);
    }

    // Chooses the step and all before it; those after it are chosen.
    private bool Before(int slot, int place)
    {
        if (place < 0) return !Forbidden(slot, joined: true, 0, _required.Length - 1);
        var (next, last) = (_chosen[place + 1], _chosen[^1]);
        for (var index = List(slot, _required[place]).Tail; index != EntryPool.None; index = _pool[index].Previous)
        {
            if (!IsAfter(next, index)) continue;
            if (_pool[last].At - _pool[index].At > _within) break;
            _chosen[place] = index;
            if (Forbidden(slot, joined: false, place, place + 1)) break;
            if (Joins(place) && Before(slot, place - 1)) return true;
        }

        _chosen[place] = EntryPool.None;
        return false;
    }

    private bool TryAll(int slot, int given, int index)
    {
        _chosen.AsSpan().Clear();
        _chosen[given] = index;
        return Joins(given) && Others(slot, 0, given, _pool[index].At, _pool[index].At);
    }

    private bool Others(int slot, int place, int given, long first, long last)
    {
        if (place == _required.Length) return true;
        if (place == given) return Others(slot, place + 1, given, first, last);
        for (var index = List(slot, _required[place]).Tail; index != EntryPool.None; index = _pool[index].Previous)
        {
            var at = _pool[index].At;
            if (at < last - _within) break;
            if (at > first + _within || IsChosen(_pool[index].Position, _pool[index].Value)) continue;
            _chosen[place] = index;
            if (Joins(place) && Others(slot, place + 1, given, Math.Min(first, at), Math.Max(last, at))) return true;
            _chosen[place] = EntryPool.None;
        }

        return false;
    }

    private bool IsChosen(long position, long kind)
    {
        foreach (var index in _chosen)
        {
            if (index != EntryPool.None && _pool[index].Position == position && _pool[index].Value == kind) return true;
        }

        return false;
    }

    // Whether the conditions hold that can be judged since this step is chosen.
    private bool Joins(int place)
    {
        for (var other = 0; other < _required.Length; other++)
        {
            if (_steps.All[_required[other]].Join is not { } join || _chosen[other] == EntryPool.None) continue;
            if (other != place && !join.Steps.Contains(place)) continue;
            if (join.Steps.All(s => _chosen[s] != EntryPool.None) && !Holds(join, _chosen[other])) return false;
        }

        return true;
    }

    // Whether something came between two neighbouring steps that must not.
    private bool Forbidden(int slot, bool joined, int from, int to)
    {
        for (var place = from; place < to; place++)
        {
            for (var step = _required[place] + 1; step < _required[place + 1]; step++)
            {
                var join = _steps.All[step].Join;
                if (joined != join is not null) continue;
                for (var index = List(slot, step).Tail; index != EntryPool.None; index = _pool[index].Previous)
                {
                    if (!IsAfter(index, _chosen[place])) break;
                    if (IsAfter(_chosen[place + 1], index) && (join is null || Holds(join, index))) return true;
                }
            }
        }

        return false;
    }

    private bool Holds(JoinTest join, int index)
    {
        for (var i = 0; i < _shown.Length; i++) _shown[i] = _chosen[i] != EntryPool.None ? _captured[_chosen[i]].Step : null;
        return join.Holds(_captured[index].Event.View(), _shown);
    }
}
