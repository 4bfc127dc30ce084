using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

// While the monitor is lost, what is awaited may come unheard.
internal sealed partial class AbsentRunner
{
    protected override void OperatorGapEnded(int slot, GapState gap, in EventView e)
    {
        if (!Gaps.Wait) return;
        var verdict = Gaps.Policy == GapPolicy.Ignore ? GapVerdict.Came : Gaps.OfAwaited(gap, Keys.Vm(slot));
        if (verdict == GapVerdict.Missing) return;
        for (var index = Waiting(slot).Head; index != EntryPool.None;)
        {
            ref var entry = ref _pool[index];
            var next = entry.Next;
            if (verdict == GapVerdict.Came) Drop(slot, index);
            else if (entry.Stamp < e.Stamp.Micros) (entry.At, entry.Stamp) = (Math.Max(entry.At, e.At.Micros), e.Stamp.Micros);
            index = next;
        }
    }

    // What is pending waits on for the awaited event.
    protected override GapVerdict VerdictOf(int slot, GapState gap, in EventView e) =>
        Open(slot) is { State: Episode.Phase.Pending } && Gaps.OfAwaited(gap, Keys.Vm(slot)) is var verdict and not GapVerdict.Unclear ? verdict : base.VerdictOf(slot, gap, e);

    private bool IsAwaiting(int slot) => Gaps.Wait && GapOf(slot).Open;

    private string? ReasonOf(int slot, in EntryPool.Entry opener) => Gaps.Wait && opener.Stamp < GapOf(slot).EndedStamp.Micros ? ByGap : null;
}
