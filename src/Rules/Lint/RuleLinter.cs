using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Proves of rules that are sound in themselves what their author would want to know. Pure.</summary>
internal static class RuleLinter
{
    /// <summary>What makes a rule senseless: refused with the rule.</summary>
    public static void Refuse(ImmutableArray<LintedRule> rules, DiagnosticBag bag)
    {
        foreach (var rule in rules) ThrottleProof.Check(rule, bag);
    }

    /// <summary>What is allowed and most likely not meant.</summary>
    public static void Warn(ImmutableArray<LintedRule> rules, LintOptions options, DiagnosticBag bag)
    {
        foreach (var rule in rules)
        {
            ContradictionProof.Check(rule, bag);
            LadderProof.Check(rule, bag);
            FleetProof.Check(rule, options, bag);
        }

        ShadowProof.Check(rules, bag);
        UseProof.Check(rules, options, bag);
    }
}
