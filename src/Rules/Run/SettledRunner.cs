using System.Runtime.InteropServices;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Run;

/// <summary>
/// Conditions over a window that later events can undo: each moment at which an event enters or leaves the window
/// (t - within, t] is judged once it is past by the lateness, with all events of it that have come by then.
/// </summary>
internal sealed partial class SettledRunner : RuleRunner
{
    /// <summary>Role of events that change the other side of a ratio.</summary>
    public const int OtherRole = 1;

    // Words after the base: the events by event time; by arrival, as long as they are to enter or to leave; the
    // newest that has entered; how far has been judged; whether it holds; the key's number; by how much an event's time was
    // ahead of its stamp at most; how far would have been judged had nothing been held back; whether an episode has ended
    // since it was judged last; then the window's own.
    private const int ListWord = BaseWords;
    private const int ArrivalWord = BaseWords + 1;
    private const int EnteredWord = ArrivalWord + ArrivalList.Words;
    private const int FrontierWord = BaseWords + 4;
    private const int HoldsWord = BaseWords + 5;
    private const int KeyWord = BaseWords + 6;
    private const int AheadWord = BaseWords + 7;
    private const int DueToWord = BaseWords + 8;
    private const int EndedWord = BaseWords + 9;
    private const int OwnWords = BaseWords + 10;

    private readonly long _within;
    private readonly bool _empties;
    private WindowContent _content;
    private EntryPool _pool;
    private ArrivalLinks _links = new();
    private Dictionary<int, RetainedEvent> _shown = [];
    private readonly List<long> _causes = [];

    public SettledRunner(BoundRule rule, WindowContent content, TimeSpan within, bool empties, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_content, _within, _empties) = (content, Micros(within), empties);
    }

    public override bool ReadsState(int role) => role == OtherRole;

    public override int Words => OwnWords + _content.Words;

    protected override long Reach => _within - 1;

    public override bool IsIdle(int slot) => base.IsIdle(slot) && List(Block(slot)).IsEmpty && Arrivals(Block(slot)).Coming == EntryPool.None && State(slot)[HoldsWord] != Uncertain;

    public override void Forget(int slot)
    {
        Clear(slot);
        State(slot)[BaseWords..Words].Clear();
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not SettledRunner other) return;
        (_pool, _links, _content, _shown) = (other._pool, other._links, other._content, other._shown);
        _pool.SweptBy(Sweep);
        _content.GoOnIn(Run);
    }

    protected override bool IsSettling(int slot) =>
        FirstComing(Block(slot)) != EntryPool.None || Next(Block(slot)) <= Run.Now.Micros;

    protected override bool TryRead(int role, int slot, in EventView e)
    {
        if (role == OtherRole) return _content.TryReadOther(Own(Block(slot)), e, out var other) && Kept(other);
        if (_content.TryRead(ref State(slot)[KeyWord], e, out var value)) return Kept(value);
        Errors++;
        return false;
    }

    private bool Kept(long value)
    {
        Value = value;
        return true;
    }

    protected override void TakeMatch(int role, int slot, in EventView e)
    {
        var block = Block(slot);
        if (IsFar(block) && IsBehind(block, e.At.Micros)) CatchUp(slot);
        if (role == OtherRole) Add(slot, e, weight: 0);
        else base.TakeMatch(role, slot, e);
    }

    protected override void Detect(int role, int slot, in EventView e) => Add(slot, e, e.Weight);

    protected override void Serve(int role, int slot, Episode episode, in EventView e)
    {
        Touch(episode, e);
        Add(slot, e, e.Weight);
    }

    protected override void Absorb(int role, int slot, Episode episode, in EventView e)
    {
        if (!_empties) Add(slot, e, e.Weight);
    }

    protected override void Consumed(int slot, Episode episode)
    {
        var block = Block(slot);
        block[EndedWord] = 1;
        if (!_empties) return;
        var list = List(block);
        var end = episode.EndAt.Micros - (Rule.Resolve.Fall ? 1 : 0);
        while (!list.IsEmpty && _pool[list.Head].At <= end) Leave(slot, block, list.Head);
        block[HoldsWord] = 0;
    }

    protected override long OperatorDue(int slot)
    {
        var block = Block(slot);
        return IsFar(block) ? DueWhenFar(block) : DueWhenNear(slot, block);
    }

    private long DueWhenNear(int slot, long[] block)
    {
        var arrivals = Arrivals(block);
        var (coming, staying) = (arrivals.Coming, arrivals.Staying);
        var enters = coming == EntryPool.None ? long.MaxValue : _pool[coming].Stamp;
        var leaves = staying == EntryPool.None ? long.MaxValue : _pool[staying].Stamp + _within;
        var first = Math.Min(enters, leaves);
        if (KnownAgain(slot, block) is { } known) first = Math.Min(first, known.Stamp.Micros);
        var due = first == long.MaxValue ? first : first + Lateness;
        return block[DueToWord] != 0 && HeldFrom(block) == long.MaxValue ? Math.Min(due, Run.Now.Micros) : due;
    }

    protected override void DecideOperator(int slot, long due)
    {
        var block = Block(slot);
        var arrivals = Arrivals(block);
        var until = long.MinValue;
        for (var coming = arrivals.Coming; coming != EntryPool.None; coming = arrivals.Coming)
        {
            ref var entry = ref _pool[coming];
            if (entry.Stamp + Lateness > due) break;
            until = Math.Max(until, entry.At);
            arrivals.PassComing();
        }

        for (var staying = arrivals.Staying; staying != EntryPool.None; staying = arrivals.Staying)
        {
            ref var entry = ref _pool[staying];
            if (entry.Stamp + _within + Lateness > due) break;
            until = Math.Max(until, entry.At + _within);
            arrivals.PassStaying();
        }

        arrivals.Trim();
        block[EndedWord] = 0;
        if (block[DueToWord] != 0) until = Math.Max(until, block[DueToWord] - 1);
        var known = KnownAgain(slot, block) is { } again && again.Stamp.Micros + Lateness <= due ? again : ((Instant At, Instant Stamp, long Position)?)null;
        if (known is { } moment) until = Math.Max(until, moment.At.Micros);
        Settle(slot, block, until);
        if (List(block).IsEmpty && Arrivals(block).Last == EntryPool.None) block[AheadWord] = 0;
        if (known is { } now && block[HoldsWord] == Uncertain) Decide(slot, block, now.At, now.Stamp, now.Position, EntryPool.None);
    }

    protected override void Settle(int slot, Instant until) => Settle(slot, Block(slot), until.Micros);

    private void Settle(int slot, long[] block, long until)
    {
        // One more than the time, so that nothing is told from the epoch.
        var dueTo = Math.Max(block[DueToWord], until + 1);
        long to;

        // What is held back is judged in its place, when it is known to which episode it belongs.
        while (Next(block) is var next && next <= (to = Math.Min(until, HeldFrom(block) - 1))) Judge(slot, block, next);
        block[FrontierWord] = Math.Max(block[FrontierWord], to + 1);
        block[DueToWord] = dueTo > block[FrontierWord] ? dueTo : 0;
    }

    private static long Frontier(long[] block) => block[FrontierWord] is var word and not 0 ? word - 1 : long.MinValue / 2;

    private void Add(int slot, in EventView e, long weight)
    {
        var block = Block(slot);
        var late = e.At.Micros <= Frontier(block);
        if (late && weight == 0) _content.EnterOther(Own(block), Value);
        if (late && (weight == 0 || e.At.Micros <= Frontier(block) - _within)) return;
        var wasFar = IsFar(block);
        var index = List(block).Insert(e.At.Micros, e.Stamp.Micros, e.Position.Value, weight, Value);
        _content.Foresee(Own(block), _pool[index]);
        block[AheadWord] = Math.Max(block[AheadWord], e.At.Micros - e.Stamp.Micros);
        Arrivals(block).Add(index, comes: !late, stays: weight > 0);
        if (late)
        {
            var entered = (int)block[EnteredWord];
            if (entered == EntryPool.None || _pool[entered].Next == index) block[EnteredWord] = index;
            _content.Enter(slot, Own(block), _pool, index, block[EnteredWord] == index);
        }
        else if (Rule.ShowsEvent)
        {
            _shown[index] = new RetainedEvent(e);
        }

        if (wasFar && !IsFar(block)) CatchUp(slot);
    }

    // The next moment, in event time, at which something enters or leaves.
    private long Next(long[] block)
    {
        var (entered, head) = ((int)block[EnteredWord], List(block).Head);
        if (entered == EntryPool.None) return head == EntryPool.None ? long.MaxValue : _pool[head].At;
        var leaves = _pool[head].At + _within;
        return _pool[entered].Next is var first and not EntryPool.None ? Math.Min(_pool[first].At, leaves) : leaves;
    }

    private void Judge(int slot, long[] block, long at)
    {
        var list = List(block);
        var (stamp, position, newest) = (long.MinValue, 0L, EntryPool.None);
        while (block[EnteredWord] != EntryPool.None)
        {
            ref var head = ref _pool[list.Head];
            if (head.At + _within > at) break;
            (stamp, position) = (Math.Max(stamp, head.Stamp + _within), head.Position);
            Leave(slot, block, list.Head);
        }

        for (var index = FirstComing(block); index != EntryPool.None; index = FirstComing(block))
        {
            ref var entry = ref _pool[index];
            if (entry.At > at) break;
            (stamp, position) = (Math.Max(stamp, entry.Stamp), entry.Position);
            if (entry.Weight == 0)
            {
                _content.EnterOther(Own(block), entry.Value);
                Arrivals(block).Unlist(list, index);
                continue;
            }

            block[EnteredWord] = newest = index;
            _content.Enter(slot, Own(block), _pool, index, isNewest: true);
        }

        Decide(slot, block, new Instant(at), new Instant(stamp), position, newest);
        if (newest != EntryPool.None && block[EnteredWord] == newest && _shown.Count > 0) _shown.Remove(newest);
    }

    private void Decide(int slot, long[] block, Instant at, Instant stamp, long position, int newest)
    {
        var episode = EpisodeOf(block) is { IsOpen: true } open ? open : null;
        var held = block[HoldsWord] == 1;
        var holds = _content.Holds(Own(block), episode is not null || held);
        if (holds != (episode is not null || held) && IsUncertain(slot, at, holds))
        {
            block[HoldsWord] = Uncertain;
            if (episode is not null && Gaps.Policy == GapPolicy.Unknown && GapOf(slot).Open) TellUnknown(episode);
            return;
        }

        block[HoldsWord] = holds ? 1 : 0;
        if (holds && episode is { Unknown: true }) Reassure(episode, at, null);
        if (episode is null)
        {
            if (!holds || held) return;
            var opened = OpenEpisode(slot, View(slot, newest, at, stamp, position), at, at, stamp, Because(block, position), Describe(slot, at));
            if (opened is null) return;
            opened.Matches = Math.Max(1, Describe(slot, at).Count);
            if (opened.IsOpen) TakeLater(slot, block, opened);
        }
        else if (!holds && Rule.Resolve.Fall)
        {
            End(slot, episode, at, "condition", [position]);
        }
        else if (Rule.Ladder.Length > 1)
        {
            Climb(episode, View(slot, newest, at, stamp, position), Describe(slot, at));
        }
    }

    private EventView View(int slot, int newest, Instant at, Instant stamp, long position) =>
        newest != EntryPool.None && _shown.TryGetValue(newest, out var shown)
            ? shown.View()
            : RetainedEvent.ViewOf(new EntryPool.Entry { At = at.Micros, Stamp = stamp.Micros, Position = position, Weight = 1 }, Keys.Vm(slot), Keys.Host(slot));

    private Aggregate Describe(int slot, Instant at)
    {
        var block = Block(slot);
        var list = List(block);
        var entered = (int)block[EnteredWord];
        var (first, last) = entered == EntryPool.None ? (at, at) : (new Instant(_pool[list.Head].At), new Instant(_pool[entered].At));
        return _content.Describe(slot, Own(block), new Aggregate(0, first, last), _pool, entered == EntryPool.None ? EntryPool.None : list.Head, entered);
    }

    // What is in the window, or what just left it when it is empty. Valid until it is asked for again.
    private ReadOnlySpan<long> Because(long[] block, long position)
    {
        _causes.Clear();
        for (var i = (int)block[EnteredWord]; i != EntryPool.None && _causes.Count < WindowRunner.MaxCauses; i = _pool[i].Previous) _causes.Add(_pool[i].Position);
        if (_causes.Count == 0) _causes.Add(position);
        _causes.Sort();
        return CollectionsMarshal.AsSpan(_causes);
    }

    private int FirstComing(long[] block) =>
        (int)block[EnteredWord] is var entered && entered == EntryPool.None ? List(block).Head : _pool[entered].Next;

    // Takes the oldest event out, whether it has entered or not.
    private void Leave(int slot, long[] block, int head)
    {
        var entered = (int)block[EnteredWord];
        if (_shown.Count > 0) _shown.Remove(head);
        if (entered != EntryPool.None)
        {
            _content.Leave(slot, Own(block), _pool, head, entered == head);
            if (entered == head) block[EnteredWord] = EntryPool.None;
        }
        else if (_pool[head].Weight == 0)
        {
            _content.EnterOther(Own(block), _pool[head].Value);
        }

        _content.Lose(Own(block), _pool[head]);
        Arrivals(block).Unlist(List(block), head);
    }

    private void Clear(int slot)
    {
        var block = Block(slot);
        var list = List(block);
        while (!list.IsEmpty) Leave(slot, block, list.Head);
        Arrivals(block).Clear();
    }

    // Everything here falls due and leaves by itself.
    private static void Sweep()
    {
    }

    private EntryList List(long[] block) => new(_pool, ref block[ListWord]);

    private ArrivalList Arrivals(long[] block) => new(_pool, _links, block.AsSpan(ArrivalWord, ArrivalList.Words));

    private static Span<long> Own(long[] block) => block.AsSpan(OwnWords);
}
