using Qualm.Model;

namespace Qualm.Rules.Run;

// A count keeps no events itself while the log can tell that no window of a key is full, which is nearly always. It
// takes them over when one may be, and goes back to the log when what it holds is what the log holds.
internal sealed partial class WindowRunner
{
    private WindowLimit Limit => new(_atLeast, _within);

    protected override bool CountsInLog => Log is not null;

    protected override bool IsBlank(int slot) => Log is not null && State(slot)[OwnWord] == 0 && List(slot).IsEmpty;

    protected override bool Passes(int role, int slot, in EventView e)
    {
        if (role != MatchRole) return false;
        if (HasState(slot) && State(slot)[OwnWord] != 0)
        {
            if (EpisodeOf(slot) is not null || !TryGiveBack(slot, e)) return false;
        }
        else if (EpisodeOf(slot) is null && !Limit.MayBeReached(Log!.Of(slot), e))
        {
            return true;
        }
        else
        {
            TakeOver(slot, e.Position.Value);
            return false;
        }

        if (!Limit.MayBeReached(Log!.Of(slot), e)) return true;
        TakeOver(slot, e.Position.Value);
        return false;
    }

    protected override void Detach()
    {
        base.Detach();
        for (var slot = 0; slot < (Log?.SlotBound ?? 0); slot++)
        {
            if (Log!.Of(slot).Count > 0 && (!HasState(slot) || State(slot)[OwnWord] == 0)) TakeOver(slot, long.MinValue);
        }
    }

    // Takes the events of the log into a list of its own, but for the one at hand. What is stale for this rule may be
    // there for the sake of others.
    private void TakeOver(int slot, long exceptPosition)
    {
        State(slot)[OwnWord] = 1;
        var list = List(slot);
        var events = Log!.Of(slot);
        for (var i = 0; i < events.Count; i++)
        {
            ref readonly var entry = ref events[i];
            if (entry.Position == exceptPosition || IsStale(entry.Stamp, entry.At, events[events.Count - 1].At)) continue;
            State(slot)[LengthWord]++;
            list.Append(entry.At, entry.Stamp, entry.Position, entry.Weight);
        }

        if (list.IsEmpty) return;
        var first = list.Tail;
        Enter(slot, first);
        while (_pool[first].Previous is var before and not EntryPool.None && _pool[before].At > _pool[list.Tail].At - _within) Enter(slot, first = before);
        SetNewest(slot, first);
    }

    // The log may stand in for the list when both end with the same events, and what the log has before them is stale.
    private bool TryGiveBack(int slot, in EventView e)
    {
        var events = Log!.Of(slot);
        var length = (int)State(slot)[LengthWord];
        var newest = events.Count - 1;
        if (events.Weight != events.Count && _atLeast > WindowLimit.MostWeighed) return false;
        if (newest < length || events[newest].Position != e.Position.Value) return false;
        for (var i = newest - length - 1; i >= 0; i--)
        {
            if (!IsStale(events[i].Stamp, events[i].At, e.At.Micros)) return false;
        }

        var list = List(slot);
        var index = list.Head;
        for (var i = newest - length; i < newest; i++, index = _pool[index].Next)
        {
            if (_pool[index].Position != events[i].Position) return false;
        }

        Reset(slot);
        State(slot)[OwnWord] = 0;
        TryRelease(slot);
        return true;
    }
}
