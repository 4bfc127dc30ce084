using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Run;

namespace Qualm.Rules;

public sealed partial class RuleSession
{
    private readonly List<RuleWarming> _warmings = [];

    /// <summary>Feeds rules that are to take over later with every event from the next one on. They see what this session's rules see, after them.</summary>
    public void Foresee(RuleWarming warming) => _warmings.Add(warming);

    /// <summary>
    /// Puts another set in place of the one that runs. Rules that are unchanged keep their state; alerts of rules that are
    /// gone resolve. Of rules that are new or changed, what holds now pages unless that rule and key was firing already;
    /// what was completed before never does.
    /// </summary>
    /// <param name="stamp">Of the activation.</param>
    /// <param name="warming">What the past has made of the new and changed rules; null when they begin empty.</param>
    public void Activate(RuleSet next, Instant stamp, IDecisionSink sink, RuleWarming? warming = null)
    {
        AdvanceTo(stamp, sink);
        if (warming is not null)
        {
            _warmings.Remove(warming);
            warming.Finish(stamp);
        }

        _run.Sink = sink;
        var before = _runners.ToDictionary(r => r.Rule.Name, StringComparer.Ordinal);
        foreach (var runner in _runners.Where(r => !next.Rules.Any(n => n.Name == r.Rule.Name))) runner.EndAll(stamp);
        if (_staged) Quiesced();
        var former = _run.Agenda;
        _run.Deadlines.Clear();
        (_runners, _tables, _logs) = SessionBuilder.Build(next, _run);
        Set = next;

        // What takes over is counted when it is there.
        var agenda = _run.Agenda;
        _run.Agenda = null;
        var changed = new List<RuleRunner>();
        foreach (var runner in _runners)
        {
            if (before.GetValueOrDefault(runner.Rule.Name) is { } was)
            {
                if (RuleChange.IsSame(was.Rule, runner.Rule))
                {
                    runner.Inherit(was);
                    continue;
                }

                runner.Succeed(was);
            }

            changed.Add(runner);
        }

        var warmed = warming?.Session._runners.ToDictionary(r => r.Rule.Name, StringComparer.Ordinal);
        foreach (var runner in changed) runner.TakeWarmed(warmed?.GetValueOrDefault(runner.Rule.Name));
        agenda?.TakeCauses(former);
        agenda?.TakeCauses(warming?.Session._run.Agenda);
        _run.Agenda = agenda;
        foreach (var runner in _runners) runner.TellStanding(changed.Contains(runner));
        foreach (var runner in changed) runner.ReadAsOpened();
        foreach (var runner in _runners) (runner as WhenRunner)?.KnowAll();
        Stage(next);
        Settle();
        CountAwaiting();
        _run.Sink = null;
    }

    /// <summary>Lets the rules that read state judge it as it is, without an event.</summary>
    /// <param name="view">Says whose state; is no event.</param>
    internal void Look(in EventView view)
    {
        foreach (var subscription in Set.Network.For(null).Subscriptions)
        {
            var runner = _runners[subscription.Rule];
            if (!runner.ReadsState(subscription.Role)) continue;
            var slot = ReadSlot(subscription, view);
            if (slot < 0) continue;
            if (runner.Rule.Asks) _run.Agenda?.Conclusions.Ask(runner.Keys, slot);
            runner.Take(subscription.Role, slot, view);
        }
    }

    internal void ListenWith(IDecisionSink sink) => _run.Sink = sink;

    private void CountAwaiting()
    {
        _run.AwaitingGone = _runners.Where(r => r.Rule.Resolve.Alternatives.Any(a => a.SubjectGone)).Sum(r => r.OpenSlots.Count);
        _run.Leaving = _runners.Sum(r => r.OpenSlots.Count(s => r.Open(s)!.Endings.Any(e => e?.Gone is not null)));
    }
}
