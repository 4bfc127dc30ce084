using Qualm.Model;

namespace Qualm.Rules.Run;

// The condition falls when an event leaves the window and too few are left: at that event's time + within, unless
// enough come at or before that time. Events from then on belong to a later episode.
internal sealed partial class WindowRunner
{
    protected override void Serve(int role, int slot, Episode episode, in EventView e)
    {
        if (_fall || _addUp)
        {
            var block = Block(slot);
            var list = List(block);
            var index = Insert(slot, list, e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight, Value);
            if (_addUp) AddToNewest(slot, list, index);
            if (_fall)
            {
                var exit = _pool[Exit(block)].At;
                if (e.At.Micros > exit) block[AfterWord] += _measure.Enter(Measure.Outliving, _pool[index]);
                if (e.At.Micros == exit) Places(block, LastOfSameTime(Exit(block)), Newest(block));
                MoveExit(slot, episode);
            }

            Trim(slot, list);
        }

        base.Serve(role, slot, episode, e);
    }

    protected override bool IsPastEnd(int slot, Episode episode, Instant at) =>
        _fall ? Exit(Block(slot)) is var exit and not EntryPool.None && at.Micros >= _pool[exit].At + _within : base.IsPastEnd(slot, episode, at);

    protected override bool HeldMovesEnd(int slot, Episode episode, Instant at) =>
        _fall && at.Micros == FallAt(slot) && MoveExit(slot, episode);

    protected override long OperatorDue(int slot) =>
        _fall && Exit(Block(slot)) is var exit and not EntryPool.None ? _pool[exit].Stamp + _within + Lateness : long.MaxValue;

    protected override void DecideOperator(int slot, long due)
    {
        var episode = Open(slot)!;
        End(slot, episode, new Instant(FallAt(slot)), "condition", [episode.LastPosition]);
    }

    protected override void Settle(int slot, Instant until)
    {
        if (_fall && Exit(slot) != EntryPool.None && FallAt(slot) <= until.Micros) DecideOperator(slot, 0);
    }

    private long FallAt(int slot) => _pool[Exit(slot)].At + _within;

    // Where the condition of a window that has just filled will fall.
    private void FindFall(int slot, Episode episode)
    {
        var list = List(slot);
        var exit = LastOfSameTime(list.Head);
        var after = 0L;
        for (var index = _pool[exit].Next; index != EntryPool.None; index = _pool[index].Next) after += _measure.Enter(Measure.Outliving, _pool[index]);
        State(slot)[AfterWord] = after;
        Places(slot, exit, Newest(slot));
        MoveExit(slot, episode);
        Trim(slot, list);
    }

    // While enough outlive the event whose leaving would end it, the next one decides.
    private bool MoveExit(int slot, Episode episode)
    {
        var moved = false;
        var block = Block(slot);
        while (true)
        {
            if (block[AfterWord] < _atLeast)
            {
                var fall = _pool[Exit(block)].At + _within;
                if (block[AfterWord] + HeldAt(episode, fall) < _atLeast) break;
                TakeHeld(slot, episode, fall);
            }

            var next = _pool[Exit(block)].Next;
            var last = LastOfSameTime(next);
            for (var index = next; ; index = _pool[index].Next)
            {
                block[AfterWord] -= _measure.Leave(Measure.Outliving, _pool[index]);
                if (index == last) break;
            }

            Places(block, last, Newest(block));
            moved = true;
        }

        return moved;
    }

    // Events at the very moment of the fall that, with what is left, are enough: it did not fall.
    private void TakeHeld(int slot, Episode episode, long at)
    {
        var list = List(slot);
        foreach (var (role, e) in episode.Held.Where(h => h.Role == MatchRole && h.Event.At.Micros == at).ToArray())
        {
            var index = Insert(slot, list, at, e.Stamp.Micros, e.Position.Value, e.Weight, e.Value);
            if (_addUp) AddToNewest(slot, list, index);
            State(slot)[AfterWord] += _measure.Enter(Measure.Outliving, _pool[index]);
            Value = e.Value;
            base.Serve(role, slot, episode, e.View());
        }

        episode.Held.RemoveAll(h => h.Role == MatchRole && h.Event.At.Micros == at);
    }

    // By how much what is held back at this time would add to what outlives the exit.
    private long HeldAt(Episode episode, long at)
    {
        if (!episode.HoldsBack) return 0;
        var size = 0L;
        foreach (var (role, e) in episode.Held)
        {
            if (role == MatchRole && e.At.Micros == at) size += _measure.Enter(Measure.Outliving, Weigh(e));
        }

        foreach (var (role, e) in episode.Held)
        {
            if (role == MatchRole && e.At.Micros == at) _measure.Leave(Measure.Outliving, Weigh(e));
        }

        return size;
    }

    private static EntryPool.Entry Weigh(RetainedEvent e) => new() { Weight = e.Weight, Value = e.Value };

    // What has left the newest window, or keeps nothing up any more, is not needed again.
    private void Trim(int slot, EntryList list)
    {
        var block = Block(slot);
        while (!list.IsEmpty)
        {
            var head = list.Head;
            if (_fall && _pool[head].At >= _pool[Exit(block)].At) return;
            if (_addUp && _pool[head].At > _pool[list.Tail].At - _within) return;
            Drop(slot, list);
        }
    }

    private int LastOfSameTime(int index)
    {
        while (_pool[index].Next is var next and not EntryPool.None && _pool[next].At == _pool[index].At) index = next;
        return index;
    }
}
