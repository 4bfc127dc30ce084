using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// At least so much in a tumbling window or session, as soon as it is there. The condition falls with the end of
/// the window, so an episode that ends with it lies within one window.
/// </summary>
internal sealed class PaneArrivalRunner : PaneRunner
{
    // After the words of all: the window that the open episode rests on.
    private const int EpisodePaneWord = PaneWords;

    private readonly bool _fall;
    private readonly bool _addUp;

    public PaneArrivalRunner(BoundRule rule, BoundOperator.Window window, DistinctMeasure? values, int index, RunContext run)
        : base(rule, window, values, index, run) => (_fall, _addUp) = (rule.Resolve.Fall, rule.LadderAddsUp);

    public override int Words => PaneWords + 1;

    protected override bool DecidesOnArrival => true;

    protected override void Detect(int role, int slot, in EventView e)
    {
        Renew(slot);
        CloseDue(slot);
        var index = Into(slot, e, keep: true);
        if (index != None && !this[index].Spent && Tally.Holds(this[index])) OpenWith(slot, index, e);
    }

    protected override void Serve(int role, int slot, Episode episode, in EventView e)
    {
        if (!_fall) CloseDue(slot);
        var index = _fall || _addUp ? Into(slot, e, keep: false) : None;
        if (_fall && index != (int)State(slot)[EpisodePaneWord])
        {
            // An earlier window can open nothing beside what is open.
            if (index != None && Tally.Holds(this[index])) Spend(this[index]);
            return;
        }

        if (index != None) Prolong(slot, episode, e, Tally.Describe(this[index]));
        else if (_addUp) Touch(episode, e);
        else Prolong(slot, episode, e);
    }

    protected override bool IsPastEnd(int slot, Episode episode, Instant at) =>
        EpisodePane(slot) is { } pane ? at.Micros >= Shape.After(Shape.End(pane)) : base.IsPastEnd(slot, episode, at);

    protected override long OperatorDue(int slot) => EpisodePane(slot) is { } pane ? Due(pane) : long.MaxValue;

    protected override void DecideOperator(int slot, long due)
    {
        var pane = EpisodePane(slot)!;
        End(slot, Open(slot)!, new Instant(Shape.End(pane)), "condition", [pane.LastPosition]);
    }

    protected override void Settle(int slot, Instant until)
    {
        if (EpisodePane(slot) is { } pane && Shape.End(pane) <= until.Micros) DecideOperator(slot, 0);
    }

    protected override void Consumed(int slot, Episode episode)
    {
        var index = (int)State(slot)[EpisodePaneWord];
        State(slot)[EpisodePaneWord] = None;
        if (index != None && Shape.End(this[index]) == episode.EndAt.Micros)
        {
            // A later session stays, even one that began before this one's end because both would last too long together.
            Closed(slot, episode.EndAt.Micros);
            while (Head(slot) is var earlier && earlier != index) Remove(slot, earlier);
            Remove(slot, index);
            return;
        }

        var after = _fall ? Shape.After(episode.EndAt.Micros) : episode.EndAt.Micros + 1;
        while (Head(slot) is var head and not None && this[head].First < after) Remove(slot, head);
    }

    protected override void Slim(int slot)
    {
        if (!_fall) State(slot)[EpisodePaneWord] = None;
    }

    protected override void Joined(int slot, int into, int from)
    {
        ref var word = ref State(slot)[EpisodePaneWord];
        if (word == from) word = into;
    }

    protected override void Sweep()
    {
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (HasState(slot) && Open(slot) is null) CloseDue(slot);
        }
    }

    protected override bool IsSound(long[] block) => base.IsSound(block) && IsPane(block[EpisodePaneWord]);

    private Pane? EpisodePane(int slot) => State(slot)[EpisodePaneWord] is var index and not None ? this[(int)index] : null;

    // While nothing is open, windows are closed when the next event asks: as of its stamp, so batches make no difference.
    private void CloseDue(int slot)
    {
        var last = None;
        for (var i = Head(slot); i != None; i = this[i].Next)
        {
            if (Due(this[i]) < Run.Now.Micros) last = i;
        }

        while (last != None)
        {
            var head = Head(slot);
            Closed(slot, Shape.End(this[head]));
            Remove(slot, head);
            if (head == last) return;
        }
    }

    private void Spend(Pane pane)
    {
        pane.Spent = true;
        DropEvents(pane);
    }

    private void OpenWith(int slot, int index, in EventView e)
    {
        var pane = this[index];
        var later = Rewind(slot, pane, Tally.FirstHolding(Pool, EventsOf(pane).Head));
        var newest = Pool[EventsOf(pane).Tail];
        var because = Because(pane, pane.LastPosition);
        var aggregate = Tally.Describe(pane);
        Spend(pane);
        if (_fall) State(slot)[EpisodePaneWord] = index;
        var episode = OpenEpisode(slot, e, new Instant(newest.At), new Instant(newest.At), e.Stamp, because, aggregate);
        if (episode is not { IsOpen: true })
        {
            State(slot)[EpisodePaneWord] = None;
            Again(slot, later);
            return;
        }

        episode.Matches = aggregate.Count;
        (episode.LastStamp, episode.LastPosition) = (new Instant(newest.Stamp), newest.Position);
        foreach (var next in later) episode.Held.Add((MatchRole, next));
        if (later.Length > 0) Release(slot, episode);
    }

    private void Again(int slot, ImmutableArray<RetainedEvent> events)
    {
        foreach (var next in events)
        {
            Value = next.Value;
            TakeMatch(MatchRole, slot, next.View());
        }
    }

    // Leaves the window as it was when the condition began to hold in event time. What is newer is given back.
    private ImmutableArray<RetainedEvent> Rewind(int slot, Pane pane, int holding)
    {
        var list = EventsOf(pane);
        var at = Pool[holding].At;
        if (Pool[list.Tail].At == at) return [];
        var later = ImmutableArray.CreateBuilder<RetainedEvent>();
        while (Pool[list.Tail].At > at)
        {
            later.Add(new RetainedEvent(Pool[list.Tail], Keys.Vm(slot), Keys.Host(slot)));
            list.Remove(list.Tail);
            pane.Kept--;
        }

        later.Reverse();
        var ahead = pane.Weight - later.Sum(e => e.Weight);
        Tally.Clear(pane);
        for (var i = list.Head; i != EntryPool.None; i = Pool[i].Next)
        {
            ahead -= Pool[i].Weight;
            Tally.Add(pane, Pool[i].Weight, Pool[i].Value);
        }

        // Events that are no longer kept one by one still count.
        pane.Weight += ahead;
        var tail = Pool[list.Tail];
        (pane.Last, pane.LastStamp, pane.LastPosition) = (tail.At, tail.Stamp, tail.Position);
        return later.ToImmutable();
    }
}
