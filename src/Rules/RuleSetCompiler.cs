using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Declarations;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Rules;

/// <summary>Makes a runnable set out of the text of rule files. A pure function: no clock, no file, no culture; of the machine it takes time zones, when intervals name them.</summary>
public static class RuleSetCompiler
{
    /// <param name="receivers">Names of all receivers that are set up; null when that is not known, and names are then not checked.</param>
    public static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers = null) =>
        Compile(text, catalogue, receivers, null);

    /// <param name="coverage">Counts the answers of all clauses; null when nobody asks.</param>
    internal static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers, RuleCoverage? coverage)
    {
        var bag = new DiagnosticBag();
        var syntax = RuleSetReader.Read(text, bag);
        var declared = new DeclarationBinder(bag).Bind(syntax);
        var uses = new DeclarationUses(declared);
        var binder = new RuleBinder(catalogue, new CelExpressions(bag, declared, uses, coverage), receivers, bag);
        var names = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
        var rules = ImmutableArray.CreateBuilder<BoundRule>();
        foreach (var rule in syntax.Rules)
        {
            if (!names.TryAdd(rule.Name.Value, rule.Name.Span))
            {
                var first = names[rule.Name.Value];
                bag.Error(Codes.DuplicateName, rule.Name.Span, $"there is a rule '{rule.Name.Value}' already", $"it is in {first.File}, line {first.Line}");
            }

            // What a declaration says is part of what the rules that use it do.
            var bound = binder.Bind(rule);
            var meanings = uses.TakeMeanings();
            if (bound is not null) rules.Add(bound with { Definition = bound.Definition + meanings });
        }

        foreach (var macro in declared.Macros.Values) macro.Report(bag);
        if (!syntax.Rules.IsEmpty) uses.Report(bag);

        var set = bag.Errors == 0 ? new RuleSet(text.Digest, rules.ToImmutable(), catalogue) { Zones = declared.Zones } : null;
        return new RuleSetCompilation(set, bag.Ordered());
    }
}
