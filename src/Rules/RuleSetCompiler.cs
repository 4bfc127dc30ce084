using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing.Coverage;

namespace Qualm.Rules;

/// <summary>Makes a runnable set out of the text of rule files. A pure function: no clock, no file, no culture.</summary>
public static class RuleSetCompiler
{
    /// <param name="receivers">Names of all receivers that are set up; null when that is not known, and names are then not checked.</param>
    public static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers = null) =>
        Compile(text, catalogue, receivers, null);

    /// <param name="coverage">Counts the answers of all clauses; null when nobody asks.</param>
    internal static RuleSetCompilation Compile(RuleSetText text, EventCatalogue catalogue, IReadOnlySet<string>? receivers, RuleCoverage? coverage)
    {
        var bag = new DiagnosticBag();
        var syntax = text.Files.Select(file => RuleFileReader.Read(new SourceText(file.Path, file.Text), bag)).ToArray();
        RuleSyntax[] all = [.. syntax.SelectMany(file => file.Rules)];
        var rules = FirstOfEachName(all, bag);
        var bound = Bind(all, catalogue, new CelExpressions(bag, coverage), receivers, bag, out var known, out var supports);
        bound = InhibitBinder.Bind(Strata.Lay(bound, rules, bag), rules, bag);
        var set = bag.Errors == 0 ? new RuleSet(text.Digest, bound, known, supports) : null;
        return new RuleSetCompilation(set, bag.Ordered());
    }

    private static Dictionary<string, RuleSyntax> FirstOfEachName(IReadOnlyList<RuleSyntax> rules, DiagnosticBag bag)
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

    // A rule is bound after those that derive the events it takes: they say of what types these are.
    private static ImmutableArray<BoundRule> Bind(
        RuleSyntax[] rules, EventCatalogue catalogue, ExpressionBinder expressions, IReadOnlySet<string>? receivers, DiagnosticBag bag,
        out EventCatalogue known, out ImmutableArray<BoundSupport> supports)
    {
        var directory = new ConclusionDirectory();
        var keys = new KeyBinder(catalogue, expressions, bag);
        foreach (var rule in rules) directory.Add(rule, [.. keys.Name(rule).Select(p => p.Name)]);
        known = DerivedEvents.Declare(catalogue, rules, directory, bag);
        var bound = ImmutableArray.CreateBuilder<BoundRule>();
        foreach (var rule in DerivedEvents.SourcesFirst(rules))
        {
            var scope = directory.For(rule);
            if (new RuleBinder(known, expressions.For(scope), scope, receivers, bag).Bind(rule) is not { } made) continue;
            bound.Add(made);
            if (made.Kind == ConclusionKind.Event) known = DerivedEvents.Refine(known, made);
        }

        supports = directory.Supports;
        return bound.ToImmutable();
    }
}
