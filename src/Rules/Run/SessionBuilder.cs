using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Makes the runners of a set and lays their state out, one block a key.</summary>
internal static class SessionBuilder
{
    public static (RuleRunner[] Runners, KeyTable[] Tables) Build(RuleSet set, RunContext run)
    {
        var runners = set.Rules.Select((rule, index) => Create(rule, index, run)).ToArray();
        var tables = new KeyTable[set.Network.Tables.Length];
        for (var t = 0; t < tables.Length; t++)
        {
            var table = t;
            var own = runners.Where(r => set.Network.TableOf[r.Index] == table).ToArray();
            var words = own.Sum(r => r.Words);
            var key = set.Network.Tables[t];
            tables[t] = key.IsVm ? new VmKeyTable(key.Parts[0].Name, words) : new HashKeyTable([.. key.Parts.Select(p => p.Name)], words, slot => TryForget(own, slot));
            var offset = 0;
            foreach (var runner in own)
            {
                runner.Place(tables[t], offset);
                offset += runner.Words;
            }
        }

        return (runners, tables);
    }

    private static RuleRunner Create(BoundRule rule, int index, RunContext run) => rule.Operator switch
    {
        BoundOperator.Count count => new CountRunner(rule, count, index, run),
        BoundOperator.Absent absent => new AbsentRunner(rule, absent, index, run),
        _ => new EachRunner(rule, index, run),
    };

    private static bool TryForget(RuleRunner[] runners, int slot)
    {
        foreach (var runner in runners)
        {
            if (!runner.IsIdle(slot)) return false;
        }

        foreach (var runner in runners) runner.Forget(slot);
        return true;
    }
}
