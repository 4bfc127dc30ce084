using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>Lays rules in strata: each above all whose events it takes and whose conclusions it asks for.</summary>
internal static class Strata
{
    /// <summary>The rules with their strata, and with what adds up along the chain: lateness and look-back.</summary>
    /// <returns>The rules as they were when some lead back to themselves, which is told.</returns>
    public static ImmutableArray<BoundRule> Lay(ImmutableArray<BoundRule> rules, IReadOnlyDictionary<string, RuleSyntax> syntax, DiagnosticBag bag)
    {
        if (rules.All(r => r.Sources.IsEmpty)) return rules;
        var errors = bag.Errors;
        foreach (var cycle in Cycles.Find(rules, r => r.Sources))
        {
            bag.Error(
                Codes.Cycle, syntax[cycle[0].Name].Name.Span, $"'{cycle[0].Name}' depends on itself: {Cycles.Text(cycle)}",
                "what a rule concludes must not lead back to it");
        }

        if (bag.Errors > errors) return rules;
        var byName = rules.DistinctBy(r => r.Name).ToDictionary(r => r.Name, StringComparer.Ordinal);
        var laid = new Dictionary<string, BoundRule>(StringComparer.Ordinal);
        return [.. rules.Select(Lay)];

        BoundRule Lay(BoundRule rule)
        {
            if (laid.TryGetValue(rule.Name, out var done)) return done;
            var sources = rule.Sources.Where(byName.ContainsKey).Select(name => Lay(byName[name])).ToArray();
            return laid[rule.Name] = sources.Length == 0 ? rule : Above(rule, sources);
        }
    }

    private static BoundRule Above(BoundRule rule, BoundRule[] sources)
    {
        var lateness = sources.Max(s => s.Lateness);
        var reads = string.Concat(sources.Select(s => $"source: {s.Name} {Digest(string.Join('\n', RuleChange.Behaviour(s)))}\n"));
        return rule with
        {
            Stratum = sources.Max(s => s.Stratum) + 1,
            Lateness = rule.Lateness + lateness,
            LookBack = rule.LookBack + sources.Max(s => s.LookBack),
            Definition = rule.Definition + reads,
        };
    }

    // A rule whose sources decide otherwise decides otherwise itself.
    private static string Digest(string definition) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)).AsSpan(0, 4));
}
