using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Network;
using Qualm.Rules.Run;

namespace Qualm.Rules;

// Sets whose rules need one another, or mute one another. Stratum by stratum the rules take the input, then what the
// strata below made of it, in the order in which it came about; then what is due. One pass is quiescence.
public sealed partial class RuleSession
{
    private const TestResult NotAsked = (TestResult)byte.MaxValue;

    private bool _staged;

    // By stratum: where its runners begin; one more for the end.
    private int[] _strata = [0];

    private void Stage(RuleSet set)
    {
        _strata = [.. Enumerable.Range(0, set.Strata).Select(s => set.Rules.TakeWhile(r => r.Stratum < s).Count()), set.Rules.Length];
        var stands = _runners.SelectMany(r => r.OpenSlots.Select(r.Open).OfType<Episode>().Where(e => e.State == Episode.Phase.Firing).Select(e => (r.Rule, e, r.SubjectVm(e.Slot))));
        if (set.Mutes || _run.Muting is not null) _run.Muting = new Muting(set, _run.Muting, stands);
        _staged = _run.Agenda is not null || _run.Muting is not null;
    }

    private void AdvanceInStages(Instant stamp)
    {
        while (_run.Deadlines.FirstDue is var due && due < stamp.Micros)
        {
            _run.Now = new Instant(due);
            _run.Step++;
            for (var stratum = 0; stratum < Set.Strata; stratum++)
            {
                TakeConsequences(stratum);
                TakeDue(due, stratum);
            }

            Quiesced();
        }
    }

    private void TakeDue(long due, int stratum)
    {
        while (_run.Deadlines.TryPeek(out var next) && next.Due <= due && next.Runner.Index < _strata[stratum + 1])
        {
            _run.Deadlines.Take();
            if (next.Runner.Rule.Asks) _run.Agenda?.Conclusions.Ask(next.Runner.Keys, next.Slot);
            next.Runner.TakeDeadline(next.Slot, next.Due);
        }
    }

    private void JudgeInStages(EventPlan plan, in EventView e)
    {
        var endsGap = EndsGap(e);
        if (plan.Subscriptions.Length == 0 && _run.AwaitingGone == 0 && !endsGap) return;
        var words = plan.Unconditional.Length;
        var matched = words <= 64 ? stackalloc ulong[words] : new ulong[words];
        var slots = plan.Readers <= 256 ? stackalloc int[plan.Readers] : new int[plan.Readers];
        if (plan.Subscriptions.Length > 0) Match(plan, e, matched, slots);
        var next = 0;
        for (var stratum = 0; stratum < Set.Strata; stratum++)
        {
            if (endsGap) JudgeGaps(e, _runners.AsSpan(_strata[stratum].._strata[stratum + 1]));
            for (; next < plan.Subscriptions.Length && plan.Subscriptions[next].Rule < _strata[stratum + 1]; next++)
            {
                if ((matched[next >> 6] & (1UL << (next & 63))) != 0) Take(plan, plan.Subscriptions[next], e, slots);
            }

            if (_run.AwaitingGone > 0) JudgeGone(e, _runners.AsSpan(_strata[stratum].._strata[stratum + 1]));
            TakeConsequences(stratum);
        }

        Quiesced();
    }

    // What came about outside of an input or a deadline, as at an activation.
    private void Settle()
    {
        for (var stratum = 0; stratum < Set.Strata; stratum++) TakeConsequences(stratum);
        Quiesced();
    }

    private void Quiesced()
    {
        _run.Agenda?.Waiting.Clear();
        _run.Muting?.Release(_run.Sink!);
    }

    // What rules of this stratum bring about is for those above: they find it waiting.
    private void TakeConsequences(int stratum)
    {
        if (_run.Agenda is not { Waiting.Count: > 0 and var count } agenda) return;
        for (var i = 0; i < count; i++)
        {
            if (agenda.Waiting[i].Schema is null) TakeChange(agenda.Waiting[i], stratum);
            else TakeDerived(agenda.Waiting[i], stratum);
        }
    }

    private void TakeDerived(Consequence derived, int stratum)
    {
        var plan = derived.Plan;
        if (derived.Next == plan.Subscriptions.Length || plan.Subscriptions[derived.Next].Rule >= _strata[stratum + 1]) return;
        var results = plan.Tests.Length <= 256 ? stackalloc TestResult[plan.Tests.Length] : new TestResult[plan.Tests.Length];
        results.Fill(NotAsked);
        var slots = plan.Readers <= 256 ? stackalloc int[plan.Readers] : new int[plan.Readers];
        slots.Fill(NotRead);
        var e = derived.View(derived.Vm, derived.Host);
        for (; derived.Next < plan.Subscriptions.Length && plan.Subscriptions[derived.Next].Rule < _strata[stratum + 1]; derived.Next++)
        {
            var rule = Set.Rules[plan.Subscriptions[derived.Next].Rule];
            if (!derived.Shadow || rule.Shadow || rule.Kind == ConclusionKind.Fact) Judge(plan, plan.Subscriptions[derived.Next], e, results, slots);
        }
    }

    private void Judge(EventPlan plan, Subscription subscription, in EventView e, Span<TestResult> results, Span<int> slots)
    {
        var runner = _runners[subscription.Rule];
        var asks = subscription.Test >= 0 && plan.Tests[subscription.Test].IsForKeys ? plan.Tests[subscription.Test] : null;
        if (subscription.Test >= 0 && asks is null)
        {
            ref var result = ref results[subscription.Test];
            if (result == NotAsked) result = plan.Tests[subscription.Test].Test(e);
            if (!Passes(runner, result)) return;
        }

        Take(runner, subscription, asks, e, slots);
    }

    // What the rule asks of the event alone holds.
    private void Take(EventPlan plan, Subscription subscription, in EventView e, Span<int> slots) => Take(
        _runners[subscription.Rule], subscription, subscription.Test >= 0 && plan.Tests[subscription.Test] is { IsForKeys: true } test ? test : null, e, slots);

    private void Take(RuleRunner runner, Subscription subscription, EventTest? asks, in EventView e, Span<int> slots)
    {
        if (!subscription.Key.Complete)
        {
            TakePartial(runner, subscription, asks, e);
            return;
        }

        if (asks is not null && !Passes(runner, subscription, asks, e)) return;
        ref var slot = ref slots[subscription.Reader];
        if (slot == NotRead) slot = ReadSlot(subscription, e);
        if (slot < 0) return;
        if (runner.Rule.Asks) _run.Agenda?.Conclusions.Ask(runner.Keys, slot);
        runner.Take(subscription.Role, slot, e);
    }

    private static bool Passes(RuleRunner runner, TestResult result)
    {
        if (result == TestResult.Error) runner.Errors++;
        return result == TestResult.Yes;
    }

    // The key is read, but does not come into being by being asked about.
    private bool Passes(RuleRunner runner, Subscription subscription, EventTest asks, in EventView e)
    {
        var reading = new KeyReading(_keyBuffer);
        if (subscription.Key.IsVm) (reading.Vm, reading.Host) = (e.Vm, e.Host);
        else if (!KeyReader.TryRead(subscription.Key, e, ref reading)) return false;
        if (subscription.Key.IsVm && e.Vm is null) return false;
        _run.Agenda!.Conclusions.Ask(reading);
        return Passes(runner, asks.Test(e, _run.Agenda.Conclusions.Now));
    }

    // An ending that says only a part of the key ends every episode that agrees in that part.
    private void TakePartial(RuleRunner runner, Subscription subscription, EventTest? asks, in EventView e)
    {
        var reading = new KeyReading(_keyBuffer);
        if (!KeyReader.TryRead(subscription.Key, e, ref reading)) return;
        var parts = PartialKey.Parts(subscription.Key, reading);

        // What asks about a whole key can be asked only of one that is there.
        if (asks is null && subscription.Role >= RuleRunner.ResolveRole) runner.TakePartialEnder(subscription.Role, parts, e);
        foreach (var slot in InKeyOrder(runner))
        {
            if (!PartialKey.Agrees(parts, runner.Keys.Parts(slot))) continue;
            if (runner.Rule.Asks) _run.Agenda?.Conclusions.Ask(runner.Keys, slot);
            if (asks is null || Passes(runner, asks.Test(e, _run.Agenda!.Conclusions.Now))) runner.Take(subscription.Role, slot, e);
        }
    }

    // A conclusion has changed: whoever asks for it is judged again, for the keys that it concerns.
    private void TakeChange(Consequence change, int stratum)
    {
        foreach (var watch in _run.Agenda!.Watches(change.Support))
        {
            if (watch.Rule < _strata[stratum] || watch.Rule >= _strata[stratum + 1]) continue;
            var runner = _runners[watch.Rule];
            if (watch.Role >= RuleRunner.ResolveRole) TakeOpen(runner, watch, change);
            else if (!watch.IsWhole) TakeKnown(runner, watch, change);
            else if (KeyOf(watch, change) is >= 0 and var slot) Take(runner, watch.Role, slot, change);
        }
    }

    private void TakeKnown(RuleRunner runner, Watch watch, Consequence change)
    {
        foreach (var slot in ((WhenRunner)runner).Concerned(watch, change)) Take(runner, watch.Role, slot, change);
    }

    private void TakeOpen(RuleRunner runner, Watch watch, Consequence change)
    {
        if (runner.OpenSlots.Count == 0) return;
        foreach (var slot in InKeyOrder(runner))
        {
            if (runner.Open(slot) is { } episode && Agree(watch, episode, change)) Take(runner, watch.Role, slot, change);
        }
    }

    private void Take(RuleRunner runner, int role, int slot, Consequence change)
    {
        _run.Agenda!.Conclusions.Ask(runner.Keys, slot);
        runner.Take(role, slot, change.View(runner.Keys.Vm(slot), runner.SubjectHost(slot)));
    }

    private static bool Agree(Watch watch, Episode episode, Consequence change)
    {
        for (var i = 0; i < watch.Use.Parts.Length; i++)
        {
            var (own, theirs) = (episode.Key[watch.Use.Parts[i]], change.Key[watch.Support.Parts[i]]);
            if (own.Value != theirs.Value || own.IsText != theirs.IsText) return false;
        }

        return true;
    }

    // The whole key out of what the conclusion says; a VM or host must be the one that it is about.
    private int KeyOf(Watch watch, Consequence change)
    {
        var reading = new KeyReading(_keyBuffer);
        for (var i = 0; i < watch.Key.Parts.Length; i++)
        {
            var part = change.Key[watch.Support.Parts[watch.Use.Parts.IndexOf(i)]];
            var added = watch.Key.Parts[i].Source switch
            {
                KeySource.Vm => change.Vm?.Id == part.Value && reading.AddVm(change.Vm),
                KeySource.Host => change.Host?.Id == part.Value && reading.AddHost(change.Host),
                _ => reading.AddText(part.IsText ? KeyReading.TextPart : KeyReading.PlainPart, part.Value),
            };
            if (!added) return -1;
        }

        reading.Vm ??= change.Vm;
        reading.Host ??= change.Host;
        return _tables[Set.Network.TableOf[watch.Rule]].FindOrAdd(ref reading);
    }
}
