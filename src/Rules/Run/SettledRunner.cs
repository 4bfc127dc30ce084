using System.Collections.Immutable;
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
    // newest that has entered; how far has been judged; whether it holds; the key's number; then the window's own.
    private const int ListWord = BaseWords;
    private const int ArrivalWord = BaseWords + 1;
    private const int EnteredWord = ArrivalWord + ArrivalList.Words;
    private const int FrontierWord = BaseWords + 4;
    private const int HoldsWord = BaseWords + 5;
    private const int KeyWord = BaseWords + 6;
    private const int OwnWords = BaseWords + 7;

    private readonly long _within;
    private readonly bool _empties;
    private WindowContent _content;
    private EntryPool _pool;
    private ArrivalLinks _links = new();
    private Dictionary<int, RetainedEvent> _shown = [];

    public SettledRunner(BoundRule rule, WindowContent content, TimeSpan within, bool empties, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_content, _within, _empties) = (content, Micros(within), empties);
    }

    public override bool ReadsState(int role) => role == OtherRole;

    public override int Words => OwnWords + _content.Words;

    protected override long Reach => _within - 1;

    public override bool IsIdle(int slot) => base.IsIdle(slot) && List(slot).IsEmpty && Arrivals(slot).Coming == EntryPool.None && State(slot)[HoldsWord] != Uncertain;

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
        FirstComing(slot) != EntryPool.None || Next(slot) <= Run.Now.Micros;

    protected override bool TryRead(int role, int slot, in EventView e)
    {
        if (role == OtherRole) return _content.TryReadOther(Own(slot), e, out var other) && Kept(other);
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
        if (!_empties) return;
        var list = List(slot);
        var end = episode.EndAt.Micros - (Rule.Resolve.Fall ? 1 : 0);
        while (!list.IsEmpty && _pool[list.Head].At <= end) Leave(slot, list.Head);
        State(slot)[HoldsWord] = 0;
    }

    protected override long OperatorDue(int slot)
    {
        var arrivals = Arrivals(slot);
        var (coming, staying) = (arrivals.Coming, arrivals.Staying);
        var enters = coming == EntryPool.None ? long.MaxValue : _pool[coming].Stamp;
        var leaves = staying == EntryPool.None ? long.MaxValue : _pool[staying].Stamp + _within;
        var first = Math.Min(Math.Min(enters, leaves), KnownAgain(slot)?.Stamp.Micros ?? long.MaxValue);
        return first == long.MaxValue ? first : first + Lateness;
    }

    protected override void DecideOperator(int slot, long due)
    {
        var arrivals = Arrivals(slot);
        var until = long.MinValue;
        while (arrivals.Coming is not EntryPool.None and var coming && _pool[coming].Stamp + Lateness <= due)
        {
            until = Math.Max(until, _pool[coming].At);
            arrivals.PassComing();
        }

        while (arrivals.Staying is not EntryPool.None and var staying && _pool[staying].Stamp + _within + Lateness <= due)
        {
            until = Math.Max(until, _pool[staying].At + _within);
            arrivals.PassStaying();
        }

        var known = KnownAgain(slot) is { } again && again.Stamp.Micros + Lateness <= due ? again : ((Instant At, Instant Stamp, long Position)?)null;
        if (known is { } moment) until = Math.Max(until, moment.At.Micros);
        while (Next(slot) is var next && next <= until) Judge(slot, next);
        Settled(slot, until);
        if (known is { } now && State(slot)[HoldsWord] == Uncertain) Decide(slot, now.At, now.Stamp, now.Position, EntryPool.None);
    }

    protected override void Settle(int slot, Instant until)
    {
        while (Next(slot) is var next && next <= until.Micros) Judge(slot, next);
        Settled(slot, until.Micros);
    }

    private long Frontier(int slot) => State(slot)[FrontierWord] is var word and not 0 ? word - 1 : long.MinValue / 2;

    // One more than the time, so that nothing is told from the epoch.
    private void Settled(int slot, long until) => State(slot)[FrontierWord] = Math.Max(State(slot)[FrontierWord], until + 1);

    private void Add(int slot, in EventView e, long weight)
    {
        var late = e.At.Micros <= Frontier(slot);
        if (late && weight == 0) _content.EnterOther(Own(slot), Value);
        if (late && (weight == 0 || e.At.Micros <= Frontier(slot) - _within)) return;
        var index = List(slot).Insert(e.At.Micros, e.Stamp.Micros, e.Position.Value, weight, Value);
        Arrivals(slot).Add(index, comes: !late, stays: weight > 0);
        if (late)
        {
            var entered = (int)State(slot)[EnteredWord];
            if (entered == EntryPool.None || _pool[entered].Next == index) State(slot)[EnteredWord] = index;
            _content.Enter(slot, Own(slot), _pool, index, State(slot)[EnteredWord] == index);
            return;
        }

        if (Rule.ShowsEvent) _shown[index] = new RetainedEvent(e);
    }

    // The next moment, in event time, at which something enters or leaves.
    private long Next(int slot)
    {
        var list = List(slot);
        var entered = (int)State(slot)[EnteredWord];
        var first = entered == EntryPool.None ? list.Head : _pool[entered].Next;
        var enters = first == EntryPool.None ? long.MaxValue : _pool[first].At;
        return entered == EntryPool.None ? enters : Math.Min(enters, _pool[list.Head].At + _within);
    }

    private void Judge(int slot, long at)
    {
        var list = List(slot);
        var (stamp, position, newest) = (long.MinValue, 0L, EntryPool.None);
        while (State(slot)[EnteredWord] != EntryPool.None && _pool[list.Head].At + _within <= at)
        {
            (stamp, position) = (Math.Max(stamp, _pool[list.Head].Stamp + _within), _pool[list.Head].Position);
            Leave(slot, list.Head);
        }

        while (FirstComing(slot) is var index && index != EntryPool.None && _pool[index].At <= at)
        {
            (stamp, position) = (Math.Max(stamp, _pool[index].Stamp), _pool[index].Position);
            if (_pool[index].Weight == 0)
            {
                _content.EnterOther(Own(slot), _pool[index].Value);
                Arrivals(slot).Unlist(list, index);
                continue;
            }

            State(slot)[EnteredWord] = newest = index;
            _content.Enter(slot, Own(slot), _pool, index, isNewest: true);
        }

        Decide(slot, new Instant(at), new Instant(stamp), position, newest);
        if (newest != EntryPool.None) _shown.Remove(newest);
    }

    private void Decide(int slot, Instant at, Instant stamp, long position, int newest)
    {
        var episode = Open(slot);
        var held = State(slot)[HoldsWord] == 1;
        var holds = _content.Holds(Own(slot), episode is not null || held);
        if (holds != (episode is not null || held) && IsUncertain(slot, at, holds))
        {
            State(slot)[HoldsWord] = Uncertain;
            if (episode is not null && Gaps.Policy == GapPolicy.Unknown && GapOf(slot).Open) TellUnknown(episode);
            return;
        }

        State(slot)[HoldsWord] = holds ? 1 : 0;
        if (holds && episode is { Unknown: true }) Reassure(episode, at, null);
        if (episode is null)
        {
            if (!holds || held) return;
            var opened = OpenEpisode(slot, View(slot, newest, at, stamp, position), at, at, stamp, Because(slot, position), Describe(slot, at));
            if (opened is not null) opened.Matches = Math.Max(1, Describe(slot, at).Count);
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
            : new RetainedEvent(new EntryPool.Entry { At = at.Micros, Stamp = stamp.Micros, Position = position, Weight = 1 }, Keys.Vm(slot), Keys.Host(slot)).View();

    private Aggregate Describe(int slot, Instant at)
    {
        var list = List(slot);
        var entered = (int)State(slot)[EnteredWord];
        var (first, last) = entered == EntryPool.None ? (at, at) : (new Instant(_pool[list.Head].At), new Instant(_pool[entered].At));
        return _content.Describe(slot, Own(slot), new Aggregate(0, first, last), _pool, entered == EntryPool.None ? EntryPool.None : list.Head, entered);
    }

    // What is in the window, or what just left it when it is empty.
    private ImmutableArray<long> Because(int slot, long position)
    {
        var positions = new List<long>();
        for (var i = (int)State(slot)[EnteredWord]; i != EntryPool.None && positions.Count < WindowRunner.MaxCauses; i = _pool[i].Previous) positions.Add(_pool[i].Position);
        positions.Sort();
        return positions.Count == 0 ? [position] : [.. positions];
    }

    private int FirstComing(int slot) =>
        (int)State(slot)[EnteredWord] is var entered && entered == EntryPool.None ? List(slot).Head : _pool[entered].Next;

    // Takes the oldest event out, whether it has entered or not.
    private void Leave(int slot, int head)
    {
        ref var entered = ref State(slot)[EnteredWord];
        _shown.Remove(head);
        if (entered != EntryPool.None)
        {
            _content.Leave(slot, Own(slot), _pool, head, entered == head);
            if (entered == head) entered = EntryPool.None;
        }
        else if (_pool[head].Weight == 0)
        {
            _content.EnterOther(Own(slot), _pool[head].Value);
        }

        Arrivals(slot).Unlist(List(slot), head);
    }

    private void Clear(int slot)
    {
        var list = List(slot);
        while (!list.IsEmpty) Leave(slot, list.Head);
        Arrivals(slot).Clear();
    }

    // Everything here falls due and leaves by itself.
    private static void Sweep()
    {
    }

    private EntryList List(int slot) => new(_pool, ref State(slot)[ListWord]);

    private ArrivalList Arrivals(int slot) => new(_pool, _links, State(slot).Slice(ArrivalWord, ArrivalList.Words));

    private Span<long> Own(int slot) => State(slot)[OwnWords..];
}
