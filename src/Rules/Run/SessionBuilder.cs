using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Makes the runners of a set and gives them their keys.</summary>
internal static class SessionBuilder
{
    public static (RuleRunner[] Runners, KeyTable[] Tables, EventLog[] Logs) Build(RuleSet set, RunContext run)
    {
        run.Agenda = set.Strata > 1 ? new Agenda(set, run) : null;
        var runners = set.Rules.Select((rule, index) => Create(Over(rule, run.Agenda), index, run)).ToArray();
        EventLog[] logs = [.. set.Network.Shared.Select(s => new EventLog(run, s.Keep, s.Limits))];
        var tables = new KeyTable[set.Network.Tables.Length];
        for (var t = 0; t < tables.Length; t++)
        {
            var table = t;
            var own = runners.Where(r => set.Network.TableOf[r.Index] == table).ToArray();
            EventLog[] kept = [.. logs.Where((_, log) => set.Network.Shared[log].Table == table)];
            var key = set.Network.Tables[t];
            tables[t] = key.IsVm ? new VmKeyTable(key.Parts[0].Name) : new HashKeyTable([.. key.Parts.Select(p => p.Name)], 0, slot => TryForget(own, kept, slot));
            foreach (var runner in own)
            {
                var (log, enders) = (set.Network.SharedOf[runner.Index], set.Network.EndersOf[runner.Index]);
                runner.Place(tables[t], log >= 0 ? logs[log] : null, enders >= 0 ? logs[enders] : null);
            }
        }

        foreach (var watch in run.Agenda?.AllWatches.Where(w => !w.IsWhole) ?? []) (runners[watch.Rule] as WhenRunner)?.KeepKnown(watch);
        return (runners, tables, logs);
    }

    // What a rule asks is answered by the session it runs in: states as of the time they are judged for, all else for the present.
    private static BoundRule Over(BoundRule rule, Agenda? agenda)
    {
        if (!rule.Asks || agenda is null) return rule;
        var (now, inTime) = (agenda.Conclusions.Now, agenda.Conclusions.InTime);
        return rule with
        {
            Operator = rule.Operator switch
            {
                BoundOperator.When state => state with { Test = state.Test.Over(inTime) },
                BoundOperator.Steps steps => steps with { All = [.. steps.All.Select(s => s with { Join = s.Join?.Over(now) })] },
                var other => other,
            },
            Resolve = rule.Resolve with { Alternatives = [.. rule.Resolve.Alternatives.Select(a => a with { When = a.When?.Over(now) })] },
        };
    }

    private static RuleRunner Create(BoundRule rule, int index, RunContext run) => rule.Operator switch
    {
        BoundOperator.Window { Kind: not WindowKind.Sliding } window => Panes(rule, window, index, run),
        BoundOperator.Window { OnArrival: true } window => new WindowRunner(rule, window, index, run),
        BoundOperator.Window window => new SettledRunner(rule, Content(rule, window, run), window.Within, window.Is.IsUpward, index, run),
        BoundOperator.When state => new WhenRunner(rule, state, index, run),
        BoundOperator.Steps steps => new StepsRunner(rule, steps, index, run),
        BoundOperator.Ratio ratio => new SettledRunner(rule, new RatioContent(ratio, Values(rule, ratio.Different, run), rule.ShowsMembers), ratio.Within, ratio.Is.IsUpward, index, run),
        BoundOperator.Flap flap => new SettledRunner(rule, new FlapContent(flap, Values(rule, flap.Value, run)!), flap.Within, empties: true, index, run),
        BoundOperator.Absent absent => new AbsentRunner(rule, absent, index, run),
        _ => new EachRunner(rule, index, run),
    };

    private static PaneRunner Panes(BoundRule rule, BoundOperator.Window window, int index, RunContext run)
    {
        var values = Values(rule, window.Different, run);
        return window.OnArrival ? new PaneArrivalRunner(rule, window, values, index, run) : new PaneSettledRunner(rule, window, values, index, run);
    }

    private static WindowContent Content(BoundRule rule, BoundOperator.Window window, RunContext run) => window.Function switch
    {
        WindowFunction.Distinct => new DistinctContent(Values(rule, window.Different, run)!, window.Is, rule.ShowsMembers),
        WindowFunction.Min or WindowFunction.Max => new ExtremeContent(window.Function == WindowFunction.Max, window.Of!, window.Is),
        _ => new SumContent(window.Function, window.Of, window.Is),
    };

    private static DistinctMeasure? Values(BoundRule rule, BoundKey? of, RunContext run) =>
        of is null ? null : new DistinctMeasure(of, run, (rule.LookBack.Ticks / TimeSpan.TicksPerMicrosecond) + RunContext.Slack);

    private static bool TryForget(RuleRunner[] runners, EventLog[] logs, int slot)
    {
        foreach (var runner in runners)
        {
            if (!runner.CanForget(slot)) return false;
        }

        foreach (var log in logs)
        {
            if (!log.IsIdle(slot)) return false;
        }

        foreach (var runner in runners) runner.Release(slot);
        foreach (var log in logs) log.Forget(slot);
        return true;
    }
}
