using System.Collections.Immutable;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Lint;

/// <summary>Finds alerts that reach nobody, and rules that no test has ever looked at.</summary>
internal static class UseProof
{
    public static void Check(ImmutableArray<LintedRule> rules, LintOptions options, DiagnosticBag bag)
    {
        foreach (var rule in rules)
        {
            if (rule.Syntax.Kind == RuleKind.Alert && !rule.Bound.Shadow && rule.Syntax.Inhibits.IsEmpty && rule.Bound.Receivers.All(names => names.IsEmpty) && rule.Bound.Unacknowledged is null
                && !rules.Any(r => r.Bound.Sources.Contains(rule.Name)))
                bag.Warning(Codes.NoReceiver, rule.Syntax.Name.Span, $"nobody is told of '{rule.Name}'", "name receivers under 'actions', or say 'mode: shadow'");
            if (options.Tested is { } tested && !tested.Contains(rule.Name))
                bag.Warning(Codes.Untested, rule.Syntax.Name.Span, $"no test expects anything of '{rule.Name}'", "write one in a file *.test.yaml beside the rules, and run 'qualm test'");
        }
    }
}
