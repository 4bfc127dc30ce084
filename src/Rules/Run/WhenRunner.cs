using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>
/// A condition over state. Each event of the key fixes when the condition will hold from then on, should nothing
/// else happen; the next event puts another plan in its place. What is planned is decided when it has settled.
/// </summary>
internal sealed partial class WhenRunner : RuleRunner
{
    /// <summary>Role of events that may have changed the state.</summary>
    public const int AroundRole = 1;

    // Words after the base: moments at which it changes, by event time; whether it holds; time of the newest event; how far has been decided.
    private const int PlanWord = BaseWords;
    private const int HoldsWord = BaseWords + 1;
    private const int LastWord = BaseWords + 2;
    private const int FrontierWord = BaseWords + 3;

    private readonly StateTest _test;
    private readonly Conclusions? _conclusions;
    private KnownKeys? _known;
    private EntryPool _pool = new(static () => { });

    public WhenRunner(BoundRule rule, BoundOperator.When when, int index, RunContext run)
        : base(rule, index, run)
    {
        _test = when.Test;
        _conclusions = _test.Conclusions.IsEmpty ? null : run.Agenda?.Conclusions;
    }

    /// <summary>Keeps the rule's keys so that they are found by what they have in common with a rule it asks. Before the first event.</summary>
    public void KeepKnown(Watch watch) => (_known ??= new KnownKeys()).Index(watch);

    /// <summary>Slots of the known keys that a conclusion concerns, in the order of keys.</summary>
    public List<int> Concerned(Watch watch, Consequence change) => _known?.Find(Keys, watch, change) ?? [];

    /// <summary>Takes all keys there are for known, after the rule has come into another's place.</summary>
    public void KnowAll()
    {
        if (_known is null) return;
        for (var slot = 0; slot < Keys.Bound; slot++)
        {
            if (Keys.InUse(slot)) _known.Add(Keys, slot);
        }
    }

    public override bool ReadsState(int role) => role == AroundRole;

    public override int Words => BaseWords + 4;

    public override bool IsIdle(int slot) => base.IsIdle(slot) && Plan(slot).IsEmpty && State(slot)[HoldsWord] == 0 && (_known is null || Keys.Vm(slot) is null or { Status: "gone" });

    public override void Forget(int slot)
    {
        _known?.Remove(Keys, slot);
        State(slot)[BaseWords..Words].Clear();
    }

    protected override void TakeOperator(RuleRunner from)
    {
        if (from is WhenRunner other) _pool = other._pool;
    }

    protected override bool IsSettling(int slot) => Plan(slot) is { IsEmpty: false } plan && _pool[plan.Head].At <= Run.Now.Micros;

    protected override void TakeMatch(int role, int slot, in EventView e)
    {
        Ask(slot);

        // The state is known as it is after the newest event; conclusions are known as of any time.
        var at = Math.Max(e.At.Micros, Math.Max(_test.ReadsState ? State(slot)[LastWord] : long.MinValue, State(slot)[FrontierWord]));
        State(slot)[LastWord] = at;
        _known?.Add(Keys, slot);
        Span<long> changes = stackalloc long[_test.Limits.Length * 2];
        if (changes.Length > 0)
        {
            _test.Changes(e, changes);
            changes.Sort();
        }

        // A moment that stays in the plan stays due when it was.
        var concluded = Concluded(at);
        var room = changes.Length + 1 + (concluded.Length * 2);
        Span<(long At, long Stamp, long Position)> before = room <= 32 ? stackalloc (long, long, long)[room] : new (long, long, long)[room];
        var known = 0;
        var plan = Plan(slot);
        while (!plan.IsEmpty && _pool[plan.Tail].At >= at)
        {
            if (known < before.Length) before[known++] = (_pool[plan.Tail].At, _pool[plan.Tail].Stamp, _pool[plan.Tail].Position);
            plan.Remove(plan.Tail);
        }

        var holds = plan.IsEmpty ? State(slot)[HoldsWord] != 0 : _pool[plan.Tail].Value != 0;
        foreach (var change in concluded)
        {
            if (known < before.Length) before[known++] = (change.At, change.Stamp, change.Position);
        }

        Put(slot, e, at, before[..known], ref holds);
        for (int next = 0, then = 0; next < changes.Length || then < concluded.Length;)
        {
            var change = then == concluded.Length || (next < changes.Length && changes[next] <= concluded[then].At) ? changes[next++] : concluded[then++].At;
            if (change > at && change != long.MaxValue) Put(slot, e, change, before[..known], ref holds);
        }
    }

    // What is known already of conclusions after a time, in the order of time.
    private ReadOnlySpan<Standing.Change> Concluded(long at)
    {
        if (_conclusions is null) return [];
        List<Standing.Change>? found = null;
        foreach (var use in _test.Conclusions)
        {
            if (_conclusions.Find(use) is not { } standing) continue;
            foreach (var change in standing.Recent)
            {
                if (change.At > at) (found ??= []).Add(change);
            }
        }

        found?.Sort((left, right) => left.At.CompareTo(right.At));
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(found);
    }

    protected override void Detect(int role, int slot, in EventView e)
    {
    }

    protected override long OperatorDue(int slot)
    {
        var due = long.MaxValue;
        var known = KnownUntil(slot);
        for (var i = Plan(slot).Head; i != EntryPool.None; i = _pool[i].Next)
        {
            if (_pool[i].At <= known) due = Math.Min(due, _pool[i].Stamp + Lateness);
        }

        return due;
    }

    protected override void DecideOperator(int slot, long due)
    {
        var until = long.MinValue;
        for (var i = Plan(slot).Head; i != EntryPool.None; i = _pool[i].Next)
        {
            if (_pool[i].Stamp + Lateness <= due) until = Math.Max(until, _pool[i].At);
        }

        Settle(slot, new Instant(Math.Min(until, KnownUntil(slot))));
    }

    protected override void Settle(int slot, Instant until)
    {
        while (Plan(slot) is { IsEmpty: false } plan && _pool[plan.Head].At <= until.Micros)
        {
            var moment = _pool[plan.Head];
            plan.Remove(plan.Head);
            State(slot)[FrontierWord] = moment.At;
            Turn(slot, moment);
        }
    }

    private void Turn(int slot, in EntryPool.Entry moment)
    {
        State(slot)[HoldsWord] = moment.Value;
        var at = new Instant(moment.At);
        var reason = InGap(slot, moment) ? ByGap : null;
        var because = Causes(slot, moment.Position, reason);
        var episode = Open(slot);
        if (moment.Value == 0)
        {
            if (episode is not null && Rule.Resolve.Fall) End(slot, episode, at, reason ?? "condition", because);
        }
        else if (episode is null)
        {
            OpenEpisode(slot, RetainedEvent.ViewOf(moment, Keys.Vm(slot), Keys.Host(slot)), at, at, new Instant(moment.Stamp), because, new Aggregate(1, at, at), reason);
        }
    }

    private void Put(int slot, in EventView e, long at, ReadOnlySpan<(long At, long Stamp, long Position)> before, ref bool holds)
    {
        if (_test.Holds(e, new Instant(at)) == holds) return;
        holds = !holds;
        var (stamp, position) = (e.Stamp.Micros + Math.Max(0, at - e.At.Micros), e.Position.Value);
        foreach (var known in before)
        {
            if (known.At == at) (stamp, position) = (Math.Min(stamp, known.Stamp), known.Position);
        }

        Plan(slot).Append(at, stamp, position, 1, holds ? 1 : 0);
    }

    private EntryList Plan(int slot) => new(_pool, ref State(slot)[PlanWord]);
}
