namespace Qualm.Rules.Run;

// Nearly every event that would end an episode finds none, of a key of which nothing is remembered. Where one pattern
// says them all, a log that other rules share keeps them until something is.
internal abstract partial class RuleRunner
{
    private EventLog? _enderLog;

    // The alternative that they meet.
    private int EnderAlternative
    {
        get
        {
            var at = 0;
            while (Rule.Resolve.Alternatives[at].On is null) at++;
            return at;
        }
    }

    // Takes them out of the log when something begins to be remembered. The event at hand has its turn yet.
    private void TakeEndersOver(int slot, ref long word)
    {
        var list = new EntryList(_enders, ref word);
        var events = _enderLog!.Of(slot);
        var count = 0;
        for (var i = events.Count - 1; i >= 0 && count < MaxEnders; i--)
        {
            ref readonly var ender = ref events[i];
            if (ender.Position == Run.Position || ender.Stamp + RunContext.Slack <= Run.Now.Micros) continue;
            list.Insert(ender.At, ender.Stamp, ender.Position, ender.Weight, EnderAlternative);
            count++;
        }
    }

    // Whether the log would tell the same of them, had the rule forgotten what it knows.
    private bool AreEndersKept(int slot)
    {
        if (State(slot)[EndersWord] == 0 && _enderLog is null) return true;
        if (_enderLog is null) return false;
        var events = _enderLog.Of(slot);
        var list = new EntryList(_enders, ref State(slot)[EndersWord]);
        var index = list.Tail;
        var count = 0;
        for (var i = events.Count - 1; i >= 0 && count < MaxEnders; i--)
        {
            if (events[i].Stamp + RunContext.Slack <= Run.Now.Micros) continue;
            while (index != EntryPool.None && IsStaleEnder(index)) index = _enders[index].Previous;
            if (index == EntryPool.None || _enders[index].Position != events[i].Position) return false;
            index = _enders[index].Previous;
            count++;
        }

        while (index != EntryPool.None && IsStaleEnder(index)) index = _enders[index].Previous;
        return index == EntryPool.None || count == MaxEnders;
    }
}
