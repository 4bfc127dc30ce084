using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

// A state whose monitor is lost is known up to the loss: what time alone would make of it after that is judged by the state
// that is found.
internal sealed partial class WhenRunner
{
    protected override GapVerdict VerdictOf(int slot, GapState gap, in EventView e)
    {
        var byEvents = Gaps.Ends ? base.VerdictOf(slot, gap, e) : GapVerdict.Unclear;
        if (byEvents == GapVerdict.Came || !Rule.Resolve.Fall || _test.ReadsMonitor) return byEvents;
        if (_test.Holds(e, e.At)) return GapVerdict.Missing;

        // One that fires falls as it always does, with the state that was found; one that is pending never fired.
        return Open(slot) is { State: Episode.Phase.Pending } ? GapVerdict.Came : GapVerdict.Unclear;
    }

    protected override void OperatorGapEnded(int slot, GapState gap, in EventView e)
    {
        if (!Gaps.Wait) return;
        var plan = Plan(slot);
        var holds = State(slot)[HoldsWord] != 0;
        for (var index = plan.Head; index != EntryPool.None;)
        {
            ref var moment = ref _pool[index];
            var next = moment.Next;
            if (moment.At > gap.BeganAt.Micros && moment.At <= e.At.Micros)
            {
                var now = Gaps.Policy == GapPolicy.Ignore ? holds : _test.Holds(e, new Instant(moment.At));
                if (now == holds) plan.Remove(index);
                else moment.Value = now ? 1 : 0;
                holds = now;
            }
            else
            {
                holds = moment.Value != 0;
            }

            index = next;
        }
    }

    private long KnownUntil(int slot) => Gaps.Wait && GapOf(slot) is { Open: true } gap ? gap.BeganAt.Micros : long.MaxValue;

    private bool InGap(int slot, in EntryPool.Entry moment) =>
        Gaps.Wait && GapOf(slot) is var gap && moment.At > gap.BeganAt.Micros && moment.At <= gap.EndedAt.Micros && !gap.Open;
}
