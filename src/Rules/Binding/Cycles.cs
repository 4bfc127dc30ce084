using System.Collections.Immutable;

namespace Qualm.Rules.Binding;

/// <summary>Finds rules that lead back to themselves.</summary>
internal static class Cycles
{
    /// <summary>For every group of rules that lead to one another the shortest way from the ordinally first of it back to itself.</summary>
    /// <param name="next">Names of the rules that a rule leads to; unknown ones lead nowhere.</param>
    public static IEnumerable<ImmutableArray<BoundRule>> Find(ImmutableArray<BoundRule> rules, Func<BoundRule, IEnumerable<string>> next)
    {
        var byName = rules.DistinctBy(r => r.Name).ToDictionary(r => r.Name, StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in byName.Values.OrderBy(r => r.Name, StringComparer.Ordinal))
        {
            if (told.Contains(start.Name) || WayBack(start, byName, next) is not { } cycle) continue;
            told.UnionWith(cycle.Select(r => r.Name));
            yield return cycle;
        }
    }

    /// <summary>The rules with their places, the first one once more at the end.</summary>
    public static string Text(ImmutableArray<BoundRule> cycle) =>
        string.Join(" -> ", cycle.Select(r => $"{r.Name} ({r.Location})").Append(cycle[0].Name));

    private static ImmutableArray<BoundRule>? WayBack(BoundRule start, Dictionary<string, BoundRule> byName, Func<BoundRule, IEnumerable<string>> next)
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        var queue = new Queue<string>([start.Name]);
        while (queue.TryDequeue(out var name))
        {
            foreach (var to in next(byName[name]).Where(byName.ContainsKey).Order(StringComparer.Ordinal))
            {
                if (to == start.Name)
                {
                    var way = new List<BoundRule>();
                    for (var at = name; ; at = before[at])
                    {
                        way.Add(byName[at]);
                        if (at == start.Name) break;
                    }

                    way.Reverse();
                    return [.. way];
                }

                if (before.TryAdd(to, name)) queue.Enqueue(to);
            }
        }

        return null;
    }
}
