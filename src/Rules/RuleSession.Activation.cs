using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules;

public sealed partial class RuleSession
{
    private RuleSession? _warming;

    /// <summary>Names of the rules that wait to be warmed; see <see cref="Warm"/>. Empty when none does.</summary>
    public IEnumerable<string> Warming => _warming?.Set.Names ?? [];

    /// <summary>How far back in event time the rules that wait to be warmed look.</summary>
    public TimeSpan WarmingLookBack => _warming?.Set.LookBack ?? TimeSpan.Zero;

    /// <summary>
    /// Puts another set in place of the one that runs. Rules whose definition is unchanged keep their state;
    /// alerts of rules that are gone resolve; rules that are new or changed start empty, to be fed their look-back
    /// through <see cref="Warm"/> and set to work by <see cref="FinishWarming"/>, both before the next input.
    /// </summary>
    /// <param name="stamp">Of the activation.</param>
    public void Activate(RuleSet next, Instant stamp, IDecisionSink sink)
    {
        AdvanceTo(stamp, sink);
        _run.Sink = sink;
        var old = _runners.ToDictionary(r => r.Rule.Name, StringComparer.Ordinal);
        foreach (var runner in _runners.Where(r => !next.Rules.Any(n => n.Name == r.Rule.Name))) EndAll(runner, stamp);
        _run.Deadlines.Clear();
        (_runners, _tables, _logs) = SessionBuilder.Build(next, _run);
        Set = next;
        foreach (var runner in _runners)
        {
            if (old.TryGetValue(runner.Rule.Name, out var before)) runner.Inherit(before, keepsAll: before.Rule.Definition == runner.Rule.Definition);
        }

        var changed = next.Rules.Where(r => !old.TryGetValue(r.Name, out var before) || before.Rule.Definition != r.Definition);
        _warming = new RuleSession(next.Only([.. changed]));
        CountAwaiting();
        _run.Sink = null;
    }

    /// <summary>Feeds an event of the past to the rules that wait to be warmed. Decides nothing that anybody sees.</summary>
    public void Warm(in EventView e) => _warming?.Process(e, Nobody.Instance);

    /// <summary>Ends the warming, as the next input does by itself: what holds now pages unless its rule and key was firing already; what was completed before never does.</summary>
    public void FinishWarming(Instant stamp, IDecisionSink sink)
    {
        if (_warming is not { } warmed) return;
        _warming = null;
        warmed.AdvanceTo(stamp, Nobody.Instance);
        (_run.Sink, _run.Now) = (sink, Instant.Max(_run.Now, stamp));
        foreach (var from in warmed._runners)
        {
            _runners.First(r => r.Rule.Name == from.Rule.Name).TakeWarmed(from);
        }

        CountAwaiting();
        _run.Sink = null;
    }

    private void CountAwaiting() =>
        _run.AwaitingGone = _runners.Where(r => r.Rule.Resolve.Alternatives.Any(a => a.SubjectGone)).Sum(r => r.OpenSlots.Count);

    private static void EndAll(RuleRunner runner, Instant stamp)
    {
        foreach (var slot in InKeyOrder(runner)) runner.EndNow(slot, stamp, "rule_removed", []);
    }

    private sealed class Nobody : IDecisionSink
    {
        public static readonly Nobody Instance = new();

        public void Decide(AlertTransition transition)
        {
        }
    }
}
