using System.Runtime.InteropServices;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// At least so much in a window (t - within, t], as soon as it is there. While nothing is open the key's list holds what may
/// still complete a window; while an episode that ends with its condition is open, it holds what keeps it up.
/// </summary>
internal sealed partial class WindowRunner : RuleRunner
{
    /// <summary>At most so many causes are told, the newest.</summary>
    public const int MaxCauses = 100;

    // Words after the base: the list, two places in it, the size of the newest window, the size of what outlives Exit,
    // the weight of the newest window, the key's number; whether the list is kept, not the log; its length.
    private const int ListWord = BaseWords;
    private const int PlacesWord = BaseWords + 1;
    private const int SizeWord = BaseWords + 2;
    private const int AfterWord = BaseWords + 3;
    private const int WeightWord = BaseWords + 4;
    private const int KeyWord = BaseWords + 5;
    private const int OwnWord = BaseWords + 6;
    private const int LengthWord = BaseWords + 7;

    private EntryPool _pool;
    private Measure _measure;
    private readonly long _atLeast;
    private readonly long _within;
    private readonly bool _fall;
    private readonly bool _addUp;
    private readonly List<long> _causes = [];

    public WindowRunner(BoundRule rule, BoundOperator.Window window, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_atLeast, _within) = (window.AtLeast, Micros(window.Within));
        _measure = window.Function switch
        {
            WindowFunction.Count => new Measure.Weights(),
            WindowFunction.Distinct => new DistinctMeasure(window.Different!, run, Micros(rule.LookBack) + RunContext.Slack),
            var function => new ExtremeMeasure(window.Of!, window.Is, function == WindowFunction.Max),
        };
        (_fall, _addUp) = (rule.Resolve.Fall, rule.LadderAddsUp);
    }

    public override int Words => BaseWords + 8;

    protected override long Reach => _within - 1;

    public override bool IsIdle(int slot)
    {
        if (!base.IsIdle(slot)) return false;
        var list = List(slot);
        return list.IsEmpty || IsStale(list.Tail, long.MinValue);
    }

    public override void Forget(int slot)
    {
        Reset(slot);
        (State(slot)[KeyWord], State(slot)[OwnWord]) = (0, 0);
    }

    protected override bool TryRead(int role, int slot, in EventView e)
    {
        if (_measure.TryRead(ref State(slot)[KeyWord], e, out var value))
        {
            Value = value;
            return true;
        }

        Errors++;
        return false;
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not WindowRunner other) return;
        (_pool, _measure) = (other._pool, other._measure);
        _pool.SweptBy(Sweep);
        _measure.GoOnIn(Run);
    }

    protected override void Slim(int slot)
    {
        if (_fall) return;
        if (!_addUp)
        {
            Reset(slot);
            return;
        }

        if (_measure.Remembers) LeaveOutliving(slot);
        State(slot)[AfterWord] = 0;
        Places(slot, EntryPool.None, Newest(slot));
    }

    protected override void Detect(int role, int slot, in EventView e)
    {
        var list = List(slot);
        Expire(slot, list, e.At.Micros);
        var index = Insert(slot, list, e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight, Value);
        AddToNewest(slot, list, index);
        if (index == list.Tail)
        {
            if (State(slot)[SizeWord] >= _atLeast) OpenWith(slot, e, Newest(slot), index);
        }
        else
        {
            TryWindowsAround(slot, list, e);
        }
    }

    protected override Aggregate AggregateOf(int slot, Episode? episode)
    {
        if (!_addUp) return base.AggregateOf(slot, episode);
        var list = List(slot);
        return list.IsEmpty
            ? base.AggregateOf(slot, episode)
            : Describe(slot, Newest(slot), list.Tail);
    }

    // An event out of order: some window that ends in [its time, its time + within) may now be full; the earliest
    // counts. The newest window is led back to the one that ends with the event and forth again, so the cost is
    // that of the disorder, not of the window.
    private void TryWindowsAround(int slot, EntryList list, in EventView e)
    {
        var (first, end) = (Newest(slot), list.Tail);
        while (_pool[end].At > e.At.Micros)
        {
            Leave(slot, end);
            var before = _pool[end].Previous;
            if (first == end) Enter(slot, first = before);
            end = before;
            while (_pool[first].Previous is var next and not EntryPool.None && _pool[next].At > _pool[end].At - _within)
            {
                Enter(slot, first = next);
            }
        }

        while (true)
        {
            var next = _pool[end].Next;
            var whole = next == EntryPool.None || _pool[next].At != _pool[end].At;
            if (whole && State(slot)[SizeWord] >= _atLeast && _pool[end].At < e.At.Micros + _within)
            {
                OpenWith(slot, e, first, end);
                return;
            }

            if (next == EntryPool.None) break;
            Enter(slot, end = next);
            for (; _pool[first].At <= _pool[end].At - _within; first = _pool[first].Next) Leave(slot, first);
        }

        SetNewest(slot, first);
    }

    private void OpenWith(int slot, in EventView e, int first, int last)
    {
        _causes.Clear();
        for (var i = last; ; i = _pool[i].Previous)
        {
            _causes.Add(_pool[i].Position);
            if (i == first) break;
        }

        _causes.Sort();
        var because = CollectionsMarshal.AsSpan(_causes)[Math.Max(0, _causes.Count - MaxCauses)..];
        var aggregate = Describe(slot, first, last);
        var newest = _pool[last];
        var later = KeepOnly(slot, first, last);
        if (!_fall && !_addUp) Reset(slot);
        else if (!_addUp) LeaveNewest(slot);
        if (OpenEpisode(slot, e, new Instant(newest.At), new Instant(newest.At), e.Stamp, because, aggregate) is not { IsOpen: true } episode)
        {
            Reset(slot);
            foreach (var next in later)
            {
                Value = next.Value;
                TakeMatch(MatchRole, slot, next.View());
            }

            return;
        }

        episode.Matches = aggregate.Count;
        (episode.LastStamp, episode.LastPosition) = (new Instant(newest.Stamp), newest.Position);
        foreach (var next in later) episode.Held.Add((MatchRole, next));
        if (_fall) FindFall(slot, episode);
        if (later.Length > 0) Release(slot, episode);
    }

    // Leaves the list with the window that opens an episode and nothing else. What is newer is given back: it is not known to belong to it.
    private RetainedEvent[] KeepOnly(int slot, int first, int last)
    {
        var list = List(slot);
        while (list.Head != first) Remove(slot, list, list.Head);
        if (list.Tail == last)
        {
            Places(slot, EntryPool.None, first);
            return [];
        }

        var later = new List<RetainedEvent>();
        while (list.Tail != last)
        {
            later.Add(new RetainedEvent(_pool[list.Tail], Keys.Vm(slot), Keys.Host(slot)));
            Remove(slot, list, list.Tail);
        }

        Places(slot, EntryPool.None, first);
        later.Reverse();
        return [.. later];
    }

    protected override void Consumed(int slot, Episode episode) => Reset(slot);

    // Takes a listed event into the window that ends with the newest one.
    private void AddToNewest(int slot, EntryList list, int index)
    {
        var from = _pool[list.Tail].At - _within;
        if (_pool[index].At <= from) return;
        Enter(slot, index);
        var first = Newest(slot);
        if (first == EntryPool.None || _pool[index].Next == first) first = index;
        for (; _pool[first].At <= from; first = _pool[first].Next) Leave(slot, first);
        SetNewest(slot, first);
    }

    private void Expire(int slot, EntryList list, long at)
    {
        while (!list.IsEmpty && IsStale(list.Head, Math.Max(at, _pool[list.Tail].At))) Drop(slot, list);
    }

    private void Drop(int slot, EntryList list)
    {
        var head = list.Head;
        if (head == Newest(slot))
        {
            Leave(slot, head);
            SetNewest(slot, _pool[head].Next);
        }

        Remove(slot, list, head);
    }

    private int Insert(int slot, EntryList list, long at, long stamp, long position, long weight, long value)
    {
        State(slot)[LengthWord]++;
        return list.Insert(at, stamp, position, weight, value);
    }

    private void Remove(int slot, EntryList list, int index)
    {
        State(slot)[LengthWord]--;
        list.Remove(index);
    }

    private bool IsStale(int index, long newestAt)
    {
        ref var entry = ref _pool[index];
        return IsStale(entry.Stamp, entry.At, newestAt);
    }

    private bool IsStale(long stamp, long at, long newestAt)
    {
        var keep = _within + Lateness + RunContext.Slack;
        return stamp + keep <= Run.Now.Micros || at + keep <= newestAt;
    }

    private void Sweep()
    {
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (!HasState(slot) || Open(slot) is not null) continue;
            var list = List(slot);
            while (!list.IsEmpty && IsStale(list.Head, long.MinValue)) Drop(slot, list);
        }
    }

    private void Reset(int slot)
    {
        if (_measure.Remembers) LeaveOutliving(slot);
        LeaveNewest(slot);
        List(slot).Clear();
        State(slot).Slice(ListWord, KeyWord - ListWord).Clear();
        State(slot)[LengthWord] = 0;
    }

    // While an episode is open, the newest window is kept up only where somebody looks at it.
    private void LeaveNewest(int slot)
    {
        if (_measure.Remembers)
        {
            for (var index = Newest(slot); index != EntryPool.None; index = _pool[index].Next) _measure.Leave(Measure.Newest, _pool[index]);
        }

        SetNewest(slot, EntryPool.None);
        (State(slot)[SizeWord], State(slot)[WeightWord]) = (0, 0);
    }

    private void LeaveOutliving(int slot)
    {
        if (Exit(slot) == EntryPool.None) return;
        for (var index = _pool[Exit(slot)].Next; index != EntryPool.None; index = _pool[index].Next) _measure.Leave(Measure.Outliving, _pool[index]);
    }

    private void Enter(int slot, int index)
    {
        State(slot)[SizeWord] += _measure.Enter(Measure.Newest, _pool[index]);
        State(slot)[WeightWord] += _pool[index].Weight;
    }

    private void Leave(int slot, int index)
    {
        State(slot)[SizeWord] -= _measure.Leave(Measure.Newest, _pool[index]);
        State(slot)[WeightWord] -= _pool[index].Weight;
    }

    private Aggregate Describe(int slot, int first, int last)
    {
        var (size, weight) = (State(slot)[SizeWord], State(slot)[WeightWord]);
        var described = _measure.Describe(new Aggregate(weight, new Instant(_pool[first].At), new Instant(_pool[last].At)), size, _pool, first, last);
        return Rule.ShowsMembers && _measure is DistinctMeasure distinct ? described with { Members = distinct.Members(_pool, first, last) } : described;
    }

    private EntryList List(int slot) => List(Block(slot));

    private EntryList List(long[] block) => new(_pool, ref block[ListWord]);

    // First event of the window that ends with the newest one.
    private int Newest(int slot) => Newest(Block(slot));

    private static int Newest(long[] block) => (int)block[PlacesWord];

    private void SetNewest(int slot, int index) => Places(Block(slot), Exit(Block(slot)), index);

    // Last event of those whose leaving ends the condition.
    private int Exit(int slot) => Exit(Block(slot));

    private static int Exit(long[] block) => (int)(block[PlacesWord] >> 32);

    private void Places(int slot, int exit, int newest) => Places(Block(slot), exit, newest);

    private static void Places(long[] block, int exit, int newest) => block[PlacesWord] = ((long)exit << 32) | (uint)newest;
}
