using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// At least so many events in a window (t - within, t]. While nothing is open the key's list holds what may
/// still complete a window; while an episode that ends with its condition is open, it holds what keeps it up.
/// </summary>
internal sealed partial class CountRunner : RuleRunner
{
    /// <summary>At most so many causes are told, the newest.</summary>
    private const int MaxCauses = 100;

    // Words after the base: the list, two places in it, the weight of the newest window, the weight that outlives Exit.
    private const int ListWord = BaseWords;
    private const int PlacesWord = BaseWords + 1;
    private const int SumWord = BaseWords + 2;
    private const int AfterWord = BaseWords + 3;

    private EntryPool _pool;
    private readonly long _atLeast;
    private readonly long _within;
    private readonly bool _fall;
    private readonly bool _addUp;

    public CountRunner(BoundRule rule, BoundOperator.Count count, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_atLeast, _within) = (count.AtLeast, Micros(count.Within));
        (_fall, _addUp) = (rule.Resolve.Fall, rule.LadderAddsUp);
    }

    public override int Words => BaseWords + 4;

    protected override long Reach => _within - 1;

    public override bool IsIdle(int slot)
    {
        if (!base.IsIdle(slot)) return false;
        var list = List(slot);
        return list.IsEmpty || IsStale(list.Tail, long.MinValue);
    }

    public override void Forget(int slot) => Reset(slot);

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not CountRunner other) return;
        _pool = other._pool;
        _pool.SweptBy(Sweep);
    }

    protected override void Detect(int role, int slot, in EventView e)
    {
        var list = List(slot);
        Expire(slot, list, e.At.Micros);
        var index = list.Insert(e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight);
        AddToNewest(slot, list, index);
        if (index == list.Tail)
        {
            if (State(slot)[SumWord] >= _atLeast) OpenWith(slot, e, Newest(slot), index, State(slot)[SumWord]);
        }
        else
        {
            TryWindowsAround(slot, list, index, e);
        }
    }

    protected override Aggregate AggregateOf(int slot, Episode? episode)
    {
        if (!_addUp) return base.AggregateOf(slot, episode);
        var list = List(slot);
        return list.IsEmpty
            ? base.AggregateOf(slot, episode)
            : new Aggregate(State(slot)[SumWord], new Instant(_pool[Newest(slot)].At), new Instant(_pool[list.Tail].At));
    }

    // An event out of order: some window that ends in [its time, its time + within) may now be full. The earliest counts.
    private void TryWindowsAround(int slot, EntryList list, int index, in EventView e)
    {
        var (first, sum) = (index, 0L);
        while (_pool[first].Previous is var before and not EntryPool.None && _pool[before].At > e.At.Micros - _within)
        {
            first = before;
            sum += _pool[before].Weight;
        }

        var end = EntryPool.None;
        for (var next = index; next != EntryPool.None && _pool[next].At < e.At.Micros + _within; next = _pool[next].Next)
        {
            if (end != EntryPool.None && _pool[next].At != _pool[end].At && sum >= _atLeast) break;
            end = next;
            sum += _pool[next].Weight;
            for (; _pool[first].At <= _pool[end].At - _within; first = _pool[first].Next) sum -= _pool[first].Weight;
        }

        if (sum >= _atLeast) OpenWith(slot, e, first, end, sum);
    }

    private void OpenWith(int slot, in EventView e, int first, int last, long sum)
    {
        var causes = new List<long>();
        for (var i = last; ; i = _pool[i].Previous)
        {
            causes.Add(_pool[i].Position);
            if (i == first) break;
        }

        causes.Sort();
        var because = causes.Skip(Math.Max(0, causes.Count - MaxCauses)).ToImmutableArray();
        var aggregate = new Aggregate(sum, new Instant(_pool[first].At), new Instant(_pool[last].At));
        var newest = _pool[last];
        var later = KeepOnly(slot, first, last, sum);
        if (!_fall && !_addUp) Reset(slot);
        if (OpenEpisode(slot, e, new Instant(newest.At), new Instant(newest.At), e.Stamp, because, aggregate) is not { IsOpen: true } episode)
        {
            Reset(slot);
            foreach (var next in later) TakeMatch(MatchRole, slot, next.View());
            return;
        }

        episode.Matches = sum;
        (episode.LastStamp, episode.LastPosition) = (new Instant(newest.Stamp), newest.Position);
        foreach (var next in later) episode.Held.Add((MatchRole, next));
        if (_fall) FindFall(slot, episode);
        if (later.Length > 0) Release(slot, episode);
    }

    // Leaves the list with the window that opens an episode and nothing else. What is newer is given back: it is not known to belong to it.
    private RetainedEvent[] KeepOnly(int slot, int first, int last, long sum)
    {
        var list = List(slot);
        while (list.Head != first) list.Remove(list.Head);
        var later = new List<RetainedEvent>();
        while (list.Tail != last)
        {
            ref var entry = ref _pool[list.Tail];
            later.Add(new RetainedEvent(entry.At, entry.Stamp, entry.Position, entry.Weight, Keys.Vm(slot), Keys.Host(slot)));
            list.Remove(list.Tail);
        }

        State(slot)[SumWord] = sum;
        Places(slot, EntryPool.None, first);
        later.Reverse();
        return [.. later];
    }

    protected override void Consumed(int slot, Episode episode) => Reset(slot);

    // Takes a listed event into the window that ends with the newest one.
    private void AddToNewest(int slot, EntryList list, int index)
    {
        var block = State(slot);
        var from = _pool[list.Tail].At - _within;
        if (_pool[index].At <= from) return;
        block[SumWord] += _pool[index].Weight;
        var first = Newest(slot);
        if (first == EntryPool.None || _pool[index].Next == first) first = index;
        for (; _pool[first].At <= from; first = _pool[first].Next) block[SumWord] -= _pool[first].Weight;
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
            State(slot)[SumWord] -= _pool[head].Weight;
            SetNewest(slot, _pool[head].Next);
        }

        list.Remove(head);
    }

    private bool IsStale(int index, long newestAt)
    {
        ref var entry = ref _pool[index];
        var keep = _within + Lateness + RunContext.Slack;
        return entry.Stamp + keep <= Run.Now.Micros || entry.At + keep <= newestAt;
    }

    private void Sweep()
    {
        for (var slot = 0; slot < Keys.Bound; slot++)
        {
            if (!Keys.InUse(slot) || Open(slot) is not null) continue;
            var list = List(slot);
            while (!list.IsEmpty && IsStale(list.Head, long.MinValue)) Drop(slot, list);
        }
    }

    private void Reset(int slot)
    {
        List(slot).Clear();
        State(slot).Slice(ListWord, Words - BaseWords).Clear();
    }

    private EntryList List(int slot) => new(_pool, ref State(slot)[ListWord]);

    // First event of the window that ends with the newest one.
    private int Newest(int slot) => (int)State(slot)[PlacesWord];

    private void SetNewest(int slot, int index) => Places(slot, Exit(slot), index);

    // Last event of those whose leaving ends the condition.
    private int Exit(int slot) => (int)(State(slot)[PlacesWord] >> 32);

    private void Places(int slot, int exit, int newest) => State(slot)[PlacesWord] = ((long)exit << 32) | (uint)newest;
}
