using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>
/// Conditions over tumbling windows and sessions that later events can undo: each window is judged once, when it is
/// over by the lateness. What holds then holds until a later window is judged. A tumbling window without events is
/// judged after one with events; those that follow it are equal to it.
/// </summary>
internal sealed class PaneSettledRunner : PaneRunner
{
    // After the words of all: whether it holds; time, stamp and position of the newest event of the last window that had
    // any; whether that is the one judged last.
    private const int HoldsWord = PaneWords;
    private const int LastWord = PaneWords + 1;
    private const int StampWord = PaneWords + 2;
    private const int PositionWord = PaneWords + 3;
    private const int MayBeEmptyWord = PaneWords + 4;

    private readonly bool _empties;

    public PaneSettledRunner(BoundRule rule, BoundOperator.Window window, DistinctMeasure? values, int index, RunContext run)
        : base(rule, window, values, index, run) => _empties = window.Is.IsUpward;

    public override int Words => PaneWords + 5;

    protected override bool DecidesOnArrival => false;

    // By the stamps, as windows are closed, and of windows without events as well.
    protected override bool IsSettling(int slot) => OperatorDue(slot) is var due and not long.MaxValue && due - Lateness <= Run.Now.Micros;

    protected override void Detect(int role, int slot, in EventView e)
    {
        Renew(slot);
        Into(slot, e, keep: true);
    }

    protected override void Serve(int role, int slot, Episode episode, in EventView e)
    {
        Touch(episode, e);
        Into(slot, e, keep: true);
    }

    protected override void Absorb(int role, int slot, Episode episode, in EventView e)
    {
        if (!_empties) Into(slot, e, keep: true);
    }

    protected override void Consumed(int slot, Episode episode)
    {
        if (!_empties) return;
        State(slot)[HoldsWord] = 0;
        if (Rule.Resolve.Fall) return;
        while (Head(slot) is var head and not None && this[head].First <= episode.EndAt.Micros) Remove(slot, head);
    }

    protected override long OperatorDue(int slot)
    {
        var due = EmptyDue(slot);
        for (var i = Head(slot); i != None; i = this[i].Next) due = Math.Min(due, Due(this[i]));
        return due;
    }

    protected override void DecideOperator(int slot, long due)
    {
        var until = EmptyDue(slot) <= due ? Shape.EndOfEmpty(Frontier(slot)) : long.MinValue;
        for (var i = Head(slot); i != None; i = this[i].Next)
        {
            if (Due(this[i]) <= due) until = Math.Max(until, Shape.End(this[i]));
        }

        Settle(slot, new Instant(until));
    }

    protected override void Settle(int slot, Instant until)
    {
        while (true)
        {
            var first = Head(slot);
            var over = first != None && Shape.End(this[first]) <= until.Micros;
            if (EmptyDue(slot) != long.MaxValue && Shape.EndOfEmpty(Frontier(slot)) <= until.Micros) JudgeEmpty(slot);
            else if (over) Judge(slot, first);
            else return;
        }
    }

    protected override void Sweep()
    {
    }

    // A window without events follows the last one that had any, and may change something.
    private long EmptyDue(int slot)
    {
        var (last, stamp) = (State(slot)[LastWord], State(slot)[StampWord]);
        if (State(slot)[MayBeEmptyWord] == 0) return long.MaxValue;
        if (Tally.HoldsEmpty == (State(slot)[HoldsWord] != 0) && (Rule.Ladder.Length == 1 || Open(slot) is null)) return long.MaxValue;
        var end = Shape.EndOfEmpty(Frontier(slot));
        if (end == long.MaxValue || (Head(slot) is var head and not None && this[head].Start < end)) return long.MaxValue;
        return stamp + (end - last) + Lateness;
    }

    private void Judge(int slot, int index)
    {
        var pane = this[index];
        var block = State(slot);
        (block[LastWord], block[StampWord], block[PositionWord], block[MayBeEmptyWord]) = (pane.Last, pane.LastStamp, pane.LastPosition, 1);
        Unlink(slot, index);
        Turn(slot, pane, Shape.End(pane), Tally.Holds(pane));
        Recycle(index);
    }

    private void JudgeEmpty(int slot)
    {
        State(slot)[MayBeEmptyWord] = 0;
        Turn(slot, null, Shape.EndOfEmpty(Frontier(slot)), Tally.HoldsEmpty);
    }

    private void Turn(int slot, Pane? pane, long at, bool holds)
    {
        Closed(slot, at);
        var block = State(slot);
        var held = block[HoldsWord] != 0;
        if (holds != held && IsUncertain(slot, new Instant(at), holds))
        {
            // The window that comes next may be known, even if it has no events.
            block[MayBeEmptyWord] = 1;
            if (!holds && Open(slot) is { } uncertain && Gaps.Policy == GapPolicy.Unknown && GapOf(slot).Open) TellUnknown(uncertain);
            return;
        }

        block[HoldsWord] = holds ? 1 : 0;
        var moment = new EntryPool.Entry { At = at, Stamp = block[StampWord] + (at - block[LastWord]), Position = block[PositionWord], Weight = 1 };
        var episode = Open(slot);
        if (holds && episode is { Unknown: true }) Reassure(episode, new Instant(at), null);
        if (episode is null)
        {
            if (!holds || held) return;
            var aggregate = Describe(pane, at);
            var because = Because(pane, moment.Position);
            var opened = OpenEpisode(slot, View(slot, pane, moment), new Instant(at), new Instant(at), new Instant(moment.Stamp), because, aggregate);
            if (opened is not null) opened.Matches = Math.Max(1, aggregate.Count);
        }
        else if (!holds && Rule.Resolve.Fall)
        {
            End(slot, episode, new Instant(at), "condition", [moment.Position]);
        }
        else if (Rule.Ladder.Length > 1)
        {
            Climb(episode, View(slot, pane, moment), Describe(pane, at));
        }
    }

    private EventView View(int slot, Pane? pane, in EntryPool.Entry moment) =>
        pane?.Shown is { } shown ? shown.View() : RetainedEvent.ViewOf(moment, Keys.Vm(slot), Keys.Host(slot));

    private Aggregate Describe(Pane? pane, long at) => Tally.Describe(pane ?? new Pane { First = at, Last = at });
}
