using System.Collections.Immutable;
using System.Numerics;
using Qualm.Model;
using Qualm.Rules.Network;
using Qualm.Rules.Run;

namespace Qualm.Rules;

/// <summary>
/// A set of rules at work on one timeline. Deterministic: what it decides depends on the events and stamps it is
/// given, in their order, and on nothing else. For one thread at a time.
/// </summary>
public sealed partial class RuleSession
{
    /// <summary>Longest key, in bytes of all its parts; an event with a longer one matches nothing.</summary>
    private const int MaxKeyBytes = 4096;

    private readonly RunContext _run = new();
    private readonly byte[] _keyBuffer = new byte[MaxKeyBytes];
    private RuleRunner[] _runners;
    private KeyTable[] _tables;
    private EventLog[] _logs;

    public RuleSession(RuleSet set)
    {
        Set = set;
        (_runners, _tables, _logs) = SessionBuilder.Build(set, _run);
        Stage(set);
    }

    /// <summary>The set that runs.</summary>
    public RuleSet Set { get; private set; }

    /// <summary>When something is due next, as a stamp; null when nothing is.</summary>
    public Instant? NextDue
    {
        get
        {
            while (_run.Deadlines.TryPeek(out var first))
            {
                if (first.Runner.IsCurrent(first.Slot, first.Due)) return new Instant(first.Due);
                _run.Deadlines.Take();
                first.Runner.TakeDeadline(first.Slot, first.Due);
            }

            return null;
        }
    }

    /// <summary>Everything that waits for time to pass, in the order in which it would be decided.</summary>
    public IEnumerable<PendingDeadline> Pending =>
        from runner in _runners
        from slot in Enumerable.Range(0, runner.Keys.Bound)
        where runner.Keys.InUse(slot)
        let due = runner.PendingDue(slot)
        where due != long.MaxValue
        let deadline = new PendingDeadline(runner.Rule.Name, runner.Keys.Parts(slot), new Instant(due))
        orderby deadline.Due, runner.Index, string.Join('\0', deadline.Key.Select(k => k.Value))
        select deadline;

    /// <summary>By rule, in ordinal order of names.</summary>
    public ImmutableArray<RuleCounters> Counters =>
        [.. _runners.OrderBy(r => r.Rule.Name, StringComparer.Ordinal).Select(r => new RuleCounters(r.Rule.Name, r.Matches, r.Errors))];

    /// <summary>Decides every deadline due before a stamp. To be called before the input with that stamp is folded, and with ticks.</summary>
    public void AdvanceTo(Instant stamp, IDecisionSink sink)
    {
        _run.Sink = sink;
        Advance(stamp);
        _run.Sink = null;
    }

    private void Advance(Instant stamp)
    {
        if (_staged) AdvanceInStages(stamp);
        while (_run.Deadlines.FirstDue < stamp.Micros)
        {
            var first = _run.Deadlines.Take();
            _run.Now = new Instant(first.Due);
            _run.Step++;
            first.Runner.TakeDeadline(first.Slot, first.Due);
        }

        if (_run.Now < stamp) _run.Now = stamp;
    }

    /// <summary>Lets every rule that names the event judge it. The projections have taken it in already.</summary>
    public void Process(in EventView e, IDecisionSink sink)
    {
        _run.Sink = sink;
        Advance(e.Stamp);
        _run.Position = e.Position.Value;
        _run.Step++;
        var plan = Set.Network.For(e.Schema);
        if (_staged)
        {
            JudgeInStages(plan, e);
        }
        else
        {
            if (EndsGap(e)) JudgeGaps(e, _runners);
            if (plan.Subscriptions.Length > 0) Judge(plan, e);
            if (_run.AwaitingGone > 0) JudgeGone(e, _runners);
        }

        (_run.Sink, _run.Position) = (null, long.MinValue);
        if (_warmings.Count == 0) return;
        foreach (var warming in _warmings) warming.Process(e);
    }

    private void Judge(EventPlan plan, in EventView e)
    {
        var words = plan.Unconditional.Length;
        var matched = words <= 64 ? stackalloc ulong[words] : new ulong[words];
        var slots = plan.Readers <= 256 ? stackalloc int[plan.Readers] : new int[plan.Readers];
        Match(plan, e, matched, slots);
        for (var word = 0; word < matched.Length; word++)
        {
            for (var rest = matched[word]; rest != 0; rest &= rest - 1)
            {
                var subscription = plan.Subscriptions[(word << 6) + BitOperations.TrailingZeroCount(rest)];
                var runner = _runners[subscription.Rule];
                if (!subscription.Key.Complete)
                {
                    TakePartial(runner, subscription, null, e);
                    continue;
                }

                ref var slot = ref slots[subscription.Reader];
                if (slot == NotRead) slot = ReadSlot(subscription, e);
                if (slot >= 0) runner.Take(subscription.Role, slot, e);
            }
        }
    }

    // Finds the subscriptions whose conditions hold, and lets the logs take the event.
    private void Match(EventPlan plan, in EventView e, Span<ulong> matched, Span<int> slots)
    {
        var failed = matched.Length <= 64 ? stackalloc ulong[matched.Length] : new ulong[matched.Length];
        slots.Fill(NotRead);
        plan.Unconditional.CopyTo(matched);
        if (plan.Matcher.Match(e, matched, failed)) CountErrors(plan, failed);
        foreach (var shared in plan.Shared)
        {
            // What every rule that shares the events may pass over goes no further.
            if ((matched[shared.First >> 6] & (1UL << shared.First)) != 0 && shared.Without(TakeShared(plan, shared, e, slots)) is { } bits) Drop(matched, bits);
        }
    }

    private LogNews TakeShared(EventPlan plan, SharedMatch shared, in EventView e, Span<int> slots)
    {
        var subscription = plan.Subscriptions[shared.First];
        ref var slot = ref slots[subscription.Reader];
        if (slot == NotRead) slot = ReadSlot(subscription, e);
        return slot < 0 ? LogNews.None : _logs[shared.Log].Add(slot, e);
    }

    private static void Drop(Span<ulong> matched, ulong[] bits)
    {
        for (var word = 0; word < bits.Length; word++) matched[word] &= ~bits[word];
    }

    private void CountErrors(EventPlan plan, Span<ulong> failed)
    {
        for (var i = 0; i < plan.Subscriptions.Length; i++)
        {
            if ((failed[i >> 6] & (1UL << i)) != 0) _runners[plan.Subscriptions[i].Rule].Errors++;
        }
    }

    private const int NotRead = -2;

    private int ReadSlot(Subscription subscription, in EventView e)
    {
        var reading = new KeyReading(_keyBuffer);
        var table = _tables[subscription.Table];
        if (!subscription.Key.IsVm) return KeyReader.TryRead(subscription.Key, e, ref reading) ? table.FindOrAdd(ref reading) : -1;
        reading.Vm = e.Vm;
        return table.FindOrAdd(ref reading);
    }

    private void JudgeGone(in EventView e, ReadOnlySpan<RuleRunner> runners)
    {
        var vm = e.Vm is { Status: Gone } ? e.Vm : null;
        var host = e.Host is { Vms: 0 } ? e.Host : null;
        if (_run.Leaving > 0) JudgeBack(e, vm is null ? e.Vm : null, host is null ? e.Host : null, runners);
        if (vm is null && host is null) return;
        foreach (var runner in runners)
        {
            if (runner.OpenSlots.Count == 0 || !runner.Rule.Resolve.Alternatives.Any(a => a.SubjectGone)) continue;
            foreach (var slot in InKeyOrder(runner))
            {
                if (IsSubject(runner, slot, vm, host)) runner.SubjectGone(slot, e);
            }
        }
    }

    // A subject that was gone and is there again.
    private static void JudgeBack(in EventView e, VmState? vm, HostState? host, ReadOnlySpan<RuleRunner> runners)
    {
        foreach (var runner in runners)
        {
            if (runner.OpenSlots.Count == 0 || !runner.Rule.Resolve.Alternatives.Any(a => a.SubjectGone && a.For > TimeSpan.Zero)) continue;
            foreach (var slot in InKeyOrder(runner))
            {
                if (IsSubject(runner, slot, vm, host)) runner.SubjectBack(slot, e);
            }
        }
    }

    private static bool IsSubject(RuleRunner runner, int slot, VmState? vm, HostState? host) =>
        runner.Rule.SubjectIsVm ? vm is not null && runner.Keys.Vm(slot) == vm : host is not null && runner.Keys.Host(slot) == host;

    /// <summary>The status of a VM that has ended.</summary>
    private const string Gone = "gone";

    private static List<int> InKeyOrder(RuleRunner runner)
    {
        var slots = runner.OpenSlots.ToList();
        slots.Sort(runner.Keys.Compare);
        return slots;
    }
}
