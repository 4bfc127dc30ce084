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
        var names = FirstOfEachName(syntax.Rules, bag);
        var rules = Bind(syntax.Rules, catalogue, new CelExpressions(bag, declared, uses, coverage), uses, receivers, bag, out var known, out var supports);
        var laid = InhibitBinder.Bind(Strata.Lay([.. rules.Select(r => r.Bound)], names, bag), names, bag);
        rules = [.. rules.Zip(laid, (rule, bound) => rule with { Bound = bound })];
        foreach (var macro in declared.Macros.Values) macro.Report(bag);
        if (!syntax.Rules.IsEmpty) uses.Report(bag);
        RuleLinter.Refuse(rules, bag);
        if (lint is not null) RuleLinter.Warn(rules, lint, bag);
        var set = bag.Errors == 0 ? new RuleSet(text.Digest, laid, known, supports) { Zones = declared.Zones } : null;
        return new RuleSetCompilation(set, bag.Ordered());
    }

    private static Dictionary<string, RuleSyntax> FirstOfEachName(ImmutableArray<RuleSyntax> rules, DiagnosticBag bag)
    {
        var first = new Dictionary<string, RuleSyntax>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (first.TryAdd(rule.Name.Value, rule)) continue;
            var (file, line) = (first[rule.Name.Value].Name.Span.File, first[rule.Name.Value].Name.Span.Line);
            bag.Error(Codes.DuplicateName, rule.Name.Span, $"there is a rule '{rule.Name.Value}' already", $"it is in {file}, line {line}");
        }

        return first;
    }

    // A rule is bound after those that derive the events it takes: they say of what types these are. What comes of it is in the order of the files.
    private static ImmutableArray<LintedRule> Bind(
        ImmutableArray<RuleSyntax> rules, EventCatalogue catalogue, CelExpressions expressions, DeclarationUses uses, IReadOnlySet<string>? receivers, DiagnosticBag bag,
        out EventCatalogue known, out ImmutableArray<BoundSupport> supports)
    {
        var directory = new ConclusionDirectory();
        var keys = new KeyBinder(catalogue, expressions, bag);
        foreach (var rule in rules) directory.Add(rule, [.. keys.Name(rule).Select(p => p.Name)]);
        known = DerivedEvents.Declare(catalogue, rules, directory, bag);
        var bound = new List<LintedRule>();
        foreach (var rule in DerivedEvents.SourcesFirst(rules))
        {
            var scope = directory.For(rule);
            var made = new RuleBinder(known, expressions.For(scope), scope, receivers, bag).Bind(rule);

            // What a declaration says is part of what the rules that use it do.
            var meanings = uses.TakeMeanings();
            if (made is null) continue;
            bound.Add(new LintedRule(rule, made with { Definition = made.Definition + meanings }));
            if (made.Kind == ConclusionKind.Event) known = DerivedEvents.Refine(known, made);
        }

        supports = directory.Supports;
        return [.. bound.OrderBy(b => b.Syntax.Name.Span)];
    }
}
