using System.Runtime.InteropServices;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>What the runners of tumbling windows and sessions have in common: the windows of each key that are not over, by time.</summary>
internal abstract partial class PaneRunner : RuleRunner
{
    // Words after the base: the first of the key's windows; one more than the first microsecond of which nothing is closed;
    // the key's number; the last stamp of an event of the key.
    private const int PanesWord = BaseWords;
    private const int FrontierWord = BaseWords + 1;
    private const int KeyWord = BaseWords + 2;
    private const int SeenWord = BaseWords + 3;
    protected const int PaneWords = BaseWords + 4;

    /// <summary>No window.</summary>
    protected const int None = 0;

    // What is older than that may be judged again: an engine may be away, and a file be read on after it.
    private const long Remembered = 24 * 60 * 60 * Instant.Second;

    private readonly long _keep;
    private readonly List<long> _causes = [];
    private List<Pane> _panes = [new()];
    private Stack<int> _free = new();

    protected PaneRunner(BoundRule rule, BoundOperator.Window window, DistinctMeasure? values, int index, RunContext run)
        : base(rule, index, run)
    {
        (Shape, Tally) = (PaneShape.Of(window), new PaneTally(window, values, rule.ShowsMembers));
        Pool = new EntryPool(Sweep);
        _keep = Micros(rule.LookBack) + RunContext.Slack;
    }

    protected PaneShape Shape { get; }

    protected PaneTally Tally { get; private set; }

    protected EntryPool Pool { get; private set; }

    protected override long Reach => Shape.Length - 1;

    public override bool IsIdle(int slot) => base.IsIdle(slot) && (State(slot)[SeenWord] == 0 || IsUnknown(slot));

    public override void Forget(int slot)
    {
        while (Head(slot) != None) Remove(slot, Head(slot));
        State(slot)[BaseWords..Words].Clear();
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not PaneRunner other) return;
        (_panes, _free, Tally, Pool) = (other._panes, other._free, other.Tally, other.Pool);
        Pool.SweptBy(Sweep);
        Tally.GoOnIn(Run);
    }

    protected override bool TryRead(int role, int slot, in EventView e)
    {
        if (Tally.TryRead(ref State(slot)[KeyWord], e, out var value))
        {
            Value = value;
            return true;
        }

        Errors++;
        return false;
    }

    protected Pane this[int index] => _panes[index];

    protected int Head(int slot) => (int)State(slot)[PanesWord];

    /// <summary>When a window is over is known once it has settled.</summary>
    protected long Due(Pane pane) => pane.LastStamp + (Shape.End(pane) - pane.Last) + Lateness;

    /// <summary>Before this nothing is revised.</summary>
    protected long Frontier(int slot) => State(slot)[FrontierWord] is var word and not 0 ? word - 1 : long.MinValue / 4;

    protected void Closed(int slot, long end)
    {
        var after = Shape.After(end) + 1;
        ref var frontier = ref State(slot)[FrontierWord];
        if (frontier == 0 || frontier < after) frontier = after;
    }

    /// <summary>
    /// After so long nobody knows what came before, whether it happens to be remembered or not; but for a day, what was closed stays closed, so
    /// that no window is judged twice.
    /// </summary>
    protected void Renew(int slot)
    {
        if (!IsForgotten(slot)) return;
        var frontier = IsUnknown(slot) ? 0 : State(slot)[FrontierWord];
        Forget(slot);
        State(slot)[FrontierWord] = frontier;
    }

    /// <summary>Takes an event into its window.</summary>
    /// <returns>The window; none when it is closed.</returns>
    protected int Into(int slot, in EventView e, bool keep)
    {
        var (at, before) = (e.At.Micros, None);
        State(slot)[SeenWord] = Math.Max(State(slot)[SeenWord], Math.Max(e.Stamp.Micros, 1));
        var index = Head(slot);
        for (; index != None && !Shape.Takes(this[index], at) && this[index].First <= at; index = this[index].Next) before = index;
        var taken = index != None && Shape.Takes(this[index], at);
        if (at < Frontier(slot) && !(taken && this[index].First <= at)) return None;
        if (!taken) index = Begin(slot, before, index, at);
        Enter(this[index], e, keep);
        if (this[index].Next is var next and not None && Shape.AreOne(this[index], this[next])) Join(slot, index, next);
        return index;
    }

    /// <summary>Lets a window go.</summary>
    protected void Remove(int slot, int index)
    {
        Unlink(slot, index);
        Recycle(index);
    }

    /// <summary>Takes a window out of those of its key; its content stays until it is recycled.</summary>
    protected void Unlink(int slot, int index)
    {
        var pane = this[index];
        if (Head(slot) == index)
        {
            State(slot)[PanesWord] = pane.Next;
        }
        else
        {
            var before = Head(slot);
            while (this[before].Next != index) before = this[before].Next;
            this[before].Next = pane.Next;
        }
    }

    protected void Recycle(int index)
    {
        var pane = this[index];
        Tally.Clear(pane);
        DropEvents(pane);
        (pane.Next, pane.Spent, pane.Shown) = (None, false, null);
        _free.Push(index);
    }

    protected EntryList EventsOf(Pane pane) => new(Pool, ref pane.Events);

    protected void DropEvents(Pane pane)
    {
        EventsOf(pane).Clear();
        pane.Kept = 0;
    }

    /// <summary>The newest of the events that are kept, or what else it goes back to. Valid until it is asked for again.</summary>
    /// <param name="pane">Null for none.</param>
    protected ReadOnlySpan<long> Because(Pane? pane, long position)
    {
        _causes.Clear();
        for (var i = pane is null ? EntryPool.None : EventsOf(pane).Tail; i != EntryPool.None && _causes.Count < WindowRunner.MaxCauses; i = Pool[i].Previous) _causes.Add(Pool[i].Position);
        if (_causes.Count == 0) _causes.Add(pane?.LastPosition ?? position);
        _causes.Sort();
        return CollectionsMarshal.AsSpan(_causes);
    }

    /// <summary>Whether the event that makes the condition hold decides.</summary>
    protected abstract bool DecidesOnArrival { get; }

    /// <summary>Two windows turn out to be one.</summary>
    protected virtual void Joined(int slot, int into, int from)
    {
    }

    /// <summary>Lets go of what is over, before memory grows.</summary>
    protected abstract void Sweep();

    private bool IsForgotten(int slot) => State(slot)[SeenWord] is var seen and not 0 && seen + _keep <= Run.Now.Micros && Open(slot) is null;

    private bool IsUnknown(int slot) => State(slot)[SeenWord] is var seen and not 0 && seen + Math.Max(_keep, Remembered) <= Run.Now.Micros && Open(slot) is null;

    private int Begin(int slot, int before, int after, long at)
    {
        if (!_free.TryPop(out var index))
        {
            index = _panes.Count;
            _panes.Add(new Pane());
        }

        var pane = this[index];
        (pane.Start, pane.First, pane.Last, pane.LastPosition, pane.Next) = (Shape.Start(at), at, long.MinValue, 0, after);
        if (before == None) State(slot)[PanesWord] = index;
        else this[before].Next = index;
        return index;
    }

    private void Enter(Pane pane, in EventView e, bool keep)
    {
        var (at, position) = (e.At.Micros, e.Position.Value);
        pane.First = Math.Min(pane.First, at);
        if (at > pane.Last || (at == pane.Last && position > pane.LastPosition))
        {
            (pane.Last, pane.LastStamp, pane.LastPosition) = (at, e.Stamp.Micros, position);
            if (Rule.ShowsEvent) pane.Shown = new RetainedEvent(e);
        }

        Tally.Add(pane, e.Weight, Value);
        if (!keep) return;
        var index = EventsOf(pane).Insert(at, e.Stamp.Micros, position, e.Weight, Value);
        pane.Kept++;
        Cap(pane, DecidesOnArrival ? index : EntryPool.None);
    }

    private void Join(int slot, int into, int from)
    {
        var (pane, other) = (this[into], this[from]);
        Joined(slot, into, from);
        (pane.Last, pane.LastStamp, pane.LastPosition, pane.Shown) = (other.Last, other.LastStamp, other.LastPosition, other.Shown);
        pane.Spent |= other.Spent;
        Tally.Merge(pane, other);
        for (var i = EventsOf(other).Head; i != EntryPool.None; i = Pool[i].Next)
        {
            var e = Pool[i];
            EventsOf(pane).Insert(e.At, e.Stamp, e.Position, e.Weight, e.Value);
            pane.Kept++;
        }

        Cap(pane, EntryPool.None);
        Remove(slot, from);
    }

    // Beyond what may have to be taken apart again, only causes are kept.
    private void Cap(Pane pane, int newcomer)
    {
        if (DecidesOnArrival && Tally.NeedsAll) return;
        for (; pane.Kept > WindowRunner.MaxCauses; pane.Kept--)
        {
            var list = EventsOf(pane);
            list.Remove(list.Head == newcomer ? Pool[newcomer].Next : list.Head);
        }
    }
}
