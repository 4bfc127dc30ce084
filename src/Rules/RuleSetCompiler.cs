using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Declarations;
using Qualm.Rules.Lint;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Rules;

/// <summary>Makes a runnable set out of the text of rule files. A pure function: no clock, no file, no culture; of the machine it takes time zones, when intervals name them.</summary>
public static class RuleSetCompiler
{
    /// <param name="receivers">Names of all receivers that are set up; null when that is not known, and names are then not checked.</param>
    public static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers = null) =>
        Compile(text, catalogue, receivers, null);

    /// <summary>Compiles a set and tells what is allowed in it but most likely not meant.</summary>
    /// <param name="receivers">As for <see cref="Compile(RuleSetText, EventCatalogue, IReadOnlySet{string}?)"/>.</param>
    public static RuleSetCompilation Check(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers, LintOptions options) =>
        Compile(text, catalogue, receivers, null, options);

    /// <param name="coverage">Counts the answers of all clauses; null when nobody asks.</param>
    /// <param name="lint">Null when only faults are asked for.</param>
    internal static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers, RuleCoverage? coverage, LintOptions? lint = null)
    {
        var bag = new DiagnosticBag(doubts: lint is not null);
        var syntax = RuleSetReader.Read(text, bag);
        var declared = new DeclarationBinder(bag).Bind(syntax);
        var uses = new DeclarationUses(declared);
        var binder = new RuleBinder(catalogue, new CelExpressions(bag, declared, uses, coverage), receivers, bag);
        var names = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
        var rules = ImmutableArray.CreateBuilder<LintedRule>();
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
            if (bound is not null) rules.Add(new LintedRule(rule, bound with { Definition = bound.Definition + meanings }));
        }

        foreach (var macro in declared.Macros.Values) macro.Report(bag);
        if (!syntax.Rules.IsEmpty) uses.Report(bag);
        RuleLinter.Refuse(rules.ToImmutable(), bag);
        if (lint is not null) RuleLinter.Warn(rules.ToImmutable(), lint, bag);
        var set = bag.Errors == 0 ? new RuleSet(text.Digest, [.. rules.Select(r => r.Bound)], catalogue) { Zones = declared.Zones } : null;
        return new RuleSetCompilation(set, bag.Ordered());
    }
}
