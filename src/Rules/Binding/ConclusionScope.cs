using System.Collections.Immutable;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Binding;

/// <summary>What one rule may ask of the others of its set, and what it was found to ask.</summary>
internal sealed class ConclusionScope(ConclusionDirectory directory, RuleSyntax asks, ImmutableArray<string> keyNames) : IConclusionScope
{
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Names of the rules asked for so far, in ordinal order.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    public ConclusionUse? Find(string name, bool isAlert, CelSpan span, out CelDiagnostic? fault)
    {
        fault = null;
        var kind = isAlert ? RuleKind.Alert : RuleKind.Fact;
        if (directory.Find(name) is not { } rule)
        {
            var what = isAlert ? "alert" : "fact";
            fault = new CelDiagnostic(span, $"there is no {what} '{name}'", Suggestion.For(name, directory.Names(kind))) { Code = Codes.UnknownConclusion };
            return null;
        }

        if (rule.Kind != kind)
        {
            fault = rule.Kind switch
            {
                RuleKind.Emit => new CelDiagnostic(span, $"'{name}' is an event", $"name it in 'on', or make it a fact"),
                RuleKind.Fact => new CelDiagnostic(span, $"'{name}' is a fact", $"write fact(\"{name}\")"),
                _ => new CelDiagnostic(span, $"'{name}' is an alert", $"write firing(\"{name}\")"),
            } with
            { Code = Codes.UnknownConclusion };
            return null;
        }

        var theirs = directory.KeyNames(name);
        ImmutableArray<string> common = [.. theirs.Where(n => keyNames.Contains(n))];
        if (common.IsEmpty)
        {
            fault = new CelDiagnostic(
                span, $"the key of '{name}' is [{string.Join(", ", theirs)}], this rule's is [{string.Join(", ", keyNames)}]: they have no part in common",
                "conclusions are matched by equally named parts: add one to 'by', as in by: [vm.id, vm.host]")
            { Code = Codes.NothingInCommon };
            return null;
        }

        _asked.Add(name);
        return new ConclusionUse(name, isAlert, Sees(rule) ? directory.Number(name, common) : -1, [.. common.Select(n => keyNames.IndexOf(n))]);
    }

    // What is only tried out must not page: of a rule in shadow mode know other such rules, and facts.
    private bool Sees(RuleSyntax rule) =>
        rule.Mode != RuleMode.Disabled && (rule.Mode != RuleMode.Shadow || asks.Mode == RuleMode.Shadow || asks.Kind == RuleKind.Fact);
}
