using System.Collections.Immutable;
using Qualm.Model;
using Qualm.Rules.Syntax;

namespace Qualm.Rules.Testing;

/// <summary>Looks the names that a test file expects up in the rules it is about.</summary>
public static class RuleTestNames
{
    /// <param name="text">Of the test file.</param>
    /// <returns>By line and column; empty when every name is known.</returns>
    public static ImmutableArray<Diagnostic> Check(RuleTestFile file, string text, RuleSet set)
    {
        var bag = new DiagnosticBag();
        bag.Add(new SourceText(file.Path, text));
        foreach (var expectation in file.Tests.SelectMany(t => t.Expectations))
        {
            if (Asked(expectation) is var (name, key, kind))
                Check(name, expectation.Span, key, kind, set, bag);
            else if (expectation is Expectation.Deliveries deliveries && !set.Receivers.Contains(deliveries.Receiver, StringComparer.Ordinal))
                bag.Error(TestCodes.UnknownReceiver, deliveries.Span, $"no rule tells the receiver '{deliveries.Receiver}'", Suggestion.For(deliveries.Receiver, set.Receivers));
        }

        return bag.Ordered();
    }

    /// <summary>Names of the rules that a test file expects something of, whether there are such rules or not.</summary>
    public static IEnumerable<string> Expected(RuleTestFile file) => file.Tests.SelectMany(t => t.Expectations).Select(e => Asked(e)?.Name).OfType<string>().Distinct(StringComparer.Ordinal);

    // The rule that an expectation is about; null when it is about none.
    private static (string Name, AlertKey? Key, ConclusionKind Kind)? Asked(Expectation expectation) => expectation switch
    {
        Expectation.Alert alert => (alert.Name, alert.Key, ConclusionKind.Alert),
        Expectation.NoAlert alert => (alert.Name, alert.Key, ConclusionKind.Alert),
        Expectation.Resolved alert => (alert.Name, alert.Key, ConclusionKind.Alert),
        Expectation.Fact fact => (fact.Name, fact.Key, ConclusionKind.Fact),
        Expectation.Derived derived => (derived.Name, derived.Key, ConclusionKind.Event),
        _ => null,
    };

    private static void Check(string name, SourceSpan span, AlertKey? key, ConclusionKind kind, RuleSet set, DiagnosticBag bag)
    {
        if (set.Rules.FirstOrDefault(r => r.Name == name) is not { } rule)
        {
            bag.Error(TestCodes.UnknownAlert, span, $"there is no rule '{name}'", Suggestion.For(name, set.Names));
            return;
        }

        if (rule.Kind != kind)
        {
            var asked = kind switch { ConclusionKind.Alert => "alert", ConclusionKind.Fact => "fact", _ => "event" };
            bag.Error(TestCodes.UnknownAlert, span, $"'{name}' is no {asked}", $"its rule says '{TransitionJson.Name(rule.Kind)}'");
            return;
        }

        if (key is not { Parts: [var first, ..] }) return;
        var names = $"its key is [{string.Join(", ", rule.KeyNames)}]";
        if (first.Key is null && key.Parts.Length != rule.KeyNames.Length)
            bag.Error(TestCodes.BadKey, key.Span, $"the key of '{name}' has {rule.KeyNames.Length} parts, not {key.Parts.Length}", names);
        foreach (var part in key.Parts.Where(p => p.Key is not null && !rule.KeyNames.Contains(p.Key)))
            bag.Error(TestCodes.BadKey, key.Span, $"'{part.Key}' is no part of the key of '{name}'", Suggestion.For(part.Key!, rule.KeyNames) ?? names);
    }
}
