namespace Qualm.Rules.Run;

// While not even all events together could make the condition hold, nothing is decided, whichever of them have entered or
// left. Then they enter and leave many at a time, and a key waits for one moment a window, not for two an event. Nobody
// can tell: what is behind is caught up with before anything is asked that depends on it.
internal sealed partial class SettledRunner
{
    // What is overdue may be so by this part of the window.
    private const int Parts = 64;

    public override long PendingDue(int slot)
    {
        if (HasState(slot) && IsFar(Block(slot))) CatchUp(slot);
        return HasState(slot) && IsFar(Block(slot)) ? DueWhenNear(slot, Block(slot)) : NextDue(slot);
    }

    protected override void Detach()
    {
        base.Detach();
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (HasState(slot) && IsFar(Block(slot))) CatchUp(slot);
        }
    }

    // What an episode held back may be overdue when it comes again, and must not be judged before all of it has.
    private bool IsFar(long[] block) =>
        block[HoldsWord] == 0 && block[EndedWord] == 0 && _content.IsFar(Own(block)) && EpisodeOf(block) is not { IsOpen: true };

    // When all events will have left: not before the one that came last, nor before what is due first.
    private long DueWhenFar(long[] block) =>
        Arrivals(block).Last is var last and not EntryPool.None ? Math.Max(_pool[last].Stamp + _within + Lateness, FirstDue(block)) : long.MaxValue;

    // When the first event is due to enter or to leave.
    private long FirstDue(long[] block)
    {
        var arrivals = Arrivals(block);
        var (coming, staying) = (arrivals.Coming, arrivals.Staying);
        var enters = coming == EntryPool.None ? long.MaxValue : _pool[coming].Stamp + Lateness;
        return staying == EntryPool.None ? enters : Math.Min(enters, _pool[staying].Stamp + _within + Lateness);
    }

    // Whether so much is overdue that it is time, or an event of this time might come after moments that are to be judged before it.
    private bool IsBehind(long[] block, long at)
    {
        var due = FirstDue(block);
        return due < Run.Now.Micros && (at < Run.Now.Micros - Lateness + block[AheadWord] || due < Run.Now.Micros - (_within / Parts));
    }

    private void CatchUp(int slot) => DecideOperator(slot, Run.Now.Micros - 1);
}
