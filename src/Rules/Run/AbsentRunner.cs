using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// An event that is awaited and does not come. Each opener has its own deadline; without an opener, every awaited
/// event opens the wait for the next. Decided at the deadline, never before.
/// </summary>
internal sealed partial class AbsentRunner : RuleRunner
{
    /// <summary>Role of the awaited event.</summary>
    public const int AwaitedRole = 1;

    // Words after the base: openers that wait, in the order they came; awaited events that came lately, by time.
    private const int WaitingWord = BaseWords;
    private const int LatelyWord = BaseWords + 1;

    private EntryPool _pool;
    private Dictionary<int, RetainedEvent> _shown = [];
    private readonly long _within;
    private readonly bool _hasOpener;

    // The alternative of 'resolve' that is the awaited event; -1 when there is none.
    private readonly int _ender;

    public AbsentRunner(BoundRule rule, BoundOperator.Absent absent, int index, RunContext run)
        : base(rule, index, run)
    {
        _pool = new EntryPool(Sweep);
        (_within, _hasOpener) = (Micros(absent.Within), absent.HasOpener);
        var awaited = absent.Awaited.ToString();
        _ender = rule.Resolve.Alternatives.ToList().FindIndex(a => a is { IsEvent: true, When: null } && a.On!.Key.Complete && a.On.ToString() == awaited);
    }

    public override int Words => BaseWords + 2;

    public override bool IsIdle(int slot) =>
        base.IsIdle(slot) && Waiting(slot).IsEmpty && (Lately(slot) is var lately && (lately.IsEmpty || IsForgotten(_pool[lately.Tail].Stamp)));

    public override void Forget(int slot) => Lately(slot).Clear();

    protected override bool IsBlank(int slot) => Waiting(slot).IsEmpty && Lately(slot).IsEmpty;

    // While nothing waits, what comes is only remembered.
    protected override bool Passes(int role, int slot, in EventView e)
    {
        if (role != AwaitedRole) return false;
        if (!HasState(slot)) return true;
        if (!Waiting(slot).IsEmpty || (_ender < 0 && Open(slot) is not null)) return false;
        TryRelease(slot);
        return true;
    }

    protected override void Detach()
    {
        base.Detach();
        for (var slot = 0; slot < (Log?.SlotBound ?? 0); slot++)
        {
            var events = Log!.Of(slot);
            for (var i = 0; i < events.Count; i++)
            {
                ref readonly var entry = ref events[i];
                if (!IsForgotten(entry.Stamp)) Lately(slot).Insert(entry.At, entry.Stamp, entry.Position, entry.Weight);
            }
        }
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is not AbsentRunner other) return;
        (_pool, _shown) = (other._pool, other._shown);
        _pool.SweptBy(Sweep);
    }

    protected override void TakeMatch(int role, int slot, in EventView e)
    {
        if (role == AwaitedRole) TakeAwaited(slot, e);
        if (role == AwaitedRole && _ender < 0) EndAnswered(slot, e);
        if (role == MatchRole || !_hasOpener) TakeOpener(slot, e);
    }

    protected override void Detect(int role, int slot, in EventView e)
    {
    }

    protected override void Consumed(int slot, Episode episode)
    {
        var waiting = Waiting(slot);
        for (var index = waiting.Head; index != EntryPool.None;)
        {
            var next = _pool[index].Next;
            var at = _pool[index].At;
            if (at < episode.EndAt.Micros || (_hasOpener && at == episode.EndAt.Micros)) Drop(slot, index);
            index = next;
        }
    }

    protected override long OperatorDue(int slot) =>
        Waiting(slot) is { IsEmpty: false } waiting && !IsAwaiting(slot) ? _pool[waiting.Head].Stamp + _within + Lateness : long.MaxValue;

    protected override void DecideOperator(int slot, long due)
    {
        var index = Waiting(slot).Head;
        var entry = _pool[index];
        var opener = _shown.Remove(index, out var shown) ? shown.View() : RetainedEvent.ViewOf(entry, Keys.Vm(slot), Keys.Host(slot));
        Waiting(slot).Remove(index);
        var (at, reason) = (new Instant(entry.At + _within), ReasonOf(slot, entry));
        if (Open(slot) is { } episode) Prolong(slot, episode, opener);
        else if (OpenEpisode(slot, opener, at, new Instant(entry.At), new Instant(entry.Stamp + _within), Causes(slot, entry.Position, reason), new Aggregate(entry.Weight, new Instant(entry.At), at), reason) is { State: Episode.Phase.Pending } pending && _ender < 0)
        {
            ClearAnswered(slot, pending);
        }
    }

    private void TakeOpener(int slot, in EventView e)
    {
        if (IsAnswered(slot, e)) return;
        var index = Waiting(slot).Append(e.At.Micros, e.Stamp.Micros, e.Position.Value, e.Weight);
        if (Rule.ShowsEvent) _shown[index] = new RetainedEvent(e);
    }

    // An awaited event clears every opener that is not after it and that it meets in time.
    private void TakeAwaited(int slot, in EventView e)
    {
        var at = e.At.Micros;
        for (var index = Waiting(slot).Head; index != EntryPool.None;)
        {
            var next = _pool[index].Next;
            var opened = _pool[index].At;
            if ((_hasOpener ? opened <= at : opened < at || (opened == at && _pool[index].Position < e.Position.Value)) && at <= opened + _within) Drop(slot, index);
            index = next;
        }

        if (!_hasOpener) return;
        var lately = Lately(slot);
        while (!lately.IsEmpty && IsForgotten(_pool[lately.Head].Stamp)) lately.Remove(lately.Head);
        if (Log is not null) return;
        lately.Insert(at, e.Stamp.Micros, e.Position.Value, e.Weight);
    }

    // It came before the absence was decided, and before that had lasted for long enough.
    private void ClearAnswered(int slot, Episode pending)
    {
        var list = _hasOpener ? Lately(slot) : Waiting(slot);
        for (var index = list.Head; index != EntryPool.None; index = _pool[index].Next)
        {
            var at = new Instant(_pool[index].At);
            if (at <= pending.OpenedAt || at > pending.OpenedAt + Rule.For) continue;
            End(slot, pending, at, "event", [_pool[index].Position]);
            return;
        }

        if (Log is null) return;
        var events = Log.Of(slot);
        for (var i = 0; i < events.Count; i++)
        {
            var at = new Instant(events[i].At);
            if (at <= pending.OpenedAt || at > pending.OpenedAt + Rule.For || IsForgotten(events[i].Stamp)) continue;
            End(slot, pending, at, "event", [events[i].Position]);
            return;
        }
    }

    // What comes in time after all ends it, whatever else 'resolve' asks for.
    private void EndAnswered(int slot, in EventView e)
    {
        if (Open(slot) is not { } episode || e.At < episode.Since || e.At > episode.OpenedAt + Rule.For) return;
        End(slot, episode, e.At, episode.State == Episode.Phase.Pending ? "event" : "late", [e.Position.Value]);
    }

    // Whether what the opener waits for overtook it.
    private bool IsAnswered(int slot, in EventView e)
    {
        if (Log is not null && IsAnsweredInLog(slot, e)) return true;
        if (_hasOpener && !HasState(slot)) return false;
        var list = _hasOpener ? Lately(slot) : Waiting(slot);
        for (var index = list.Tail; index != EntryPool.None; index = _pool[index].Previous)
        {
            var at = _pool[index].At;
            var after = _hasOpener ? at >= e.At.Micros : at > e.At.Micros;
            if (after && at <= e.At.Micros + _within && !(_hasOpener && IsStale(index))) return true;
            if (_hasOpener && !after) return false;
        }

        return false;
    }

    private bool IsAnsweredInLog(int slot, in EventView e)
    {
        var events = Log!.Of(slot);
        for (var i = events.Count - 1; i >= 0 && events[i].At >= e.At.Micros; i--)
        {
            // An event that is both opener and awaited answers itself in its turn.
            if (events[i].At <= e.At.Micros + _within && !IsStale(events[i].Stamp) && events[i].Position != e.Position.Value) return true;
        }

        return false;
    }

    private void Drop(int slot, int index)
    {
        _shown.Remove(index);
        Waiting(slot).Remove(index);
    }

    private bool IsStale(int index) => IsStale(_pool[index].Stamp);

    private bool IsStale(long stamp) => stamp + RunContext.Slack <= Run.Now.Micros;

    // What came before a deadline was decided may still end what it opens.
    private bool IsForgotten(long stamp) => stamp + _within + Lateness + RunContext.Slack <= Run.Now.Micros;

    private void Sweep()
    {
        for (var slot = 0; slot < StateBound; slot++)
        {
            if (!HasState(slot)) continue;
            var lately = Lately(slot);
            while (!lately.IsEmpty && IsForgotten(_pool[lately.Head].Stamp)) lately.Remove(lately.Head);
        }
    }

    private EntryList Waiting(int slot) => new(_pool, ref State(slot)[WaitingWord]);

    private EntryList Lately(int slot) => new(_pool, ref State(slot)[LatelyWord]);
}
