using System.Collections.Immutable;
using Qualm.Ingest.Qmp;
using Qualm.Rules.Syntax;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Schemas;

/// <summary>The keys and words that the readers of files know, by what they call the place: had from them by asking for one that nobody knows.</summary>
internal static class ReaderKeys
{
    private const string Nonsense = "zzzzzzzzzzzzzz";

    private const string RuleFile = """
        Z: 1
        lists: {}
        intervals: { a: { Z: 1, times: [ { Z: 1, days: mon } ] } }
        override: [ { Z: 1, alert: A } ]
        groups:
        - Z: 1
          name: g
          defaults: { Z: 1 }
          rules:
          - { Z: 1, alert: A, on: STOP, severity: Z, mode: Z, on_gap: Z, window: Z, skip: Z, count: ">= 1", within: 1s, resolve: [ { Z: 1, on: STOP, subject_gone: Z } ], actions: { Z: 1, unacknowledged: { Z: 1 } },
              exceptions: [ { Z: 1 } ], inhibits: [ { Z: 1 } ] }
          - { alert: A1, all: [ { step: { Z: 1, on: STOP } }, { b: { on: STOP } } ], within: 1s, skip: Z }
          - { alert: A2, absent: { Z: 1, on: STOP } }
          - { alert: A3, any: [ { Z: 1, on: STOP } ] }
          - { alert: A4, ratio: { Z: 1, num: { Z: 1, on: STOP } } }
          - { alert: A5, flap: { Z: 1 } }
          - { alert: B1, distinct: { Z: 1 } }
          - { alert: B2, sum: { Z: 1 } }
          - { alert: B3, avg: { Z: 1 } }
          - { alert: B4, min: { Z: 1 } }
          - { alert: B5, max: { Z: 1 } }
        """;

    private const string TestFile = """
        Z: 1
        rules: a.yaml
        fleet: { vm-1: { Z: 1 } }
        properties: { Z: 1, reorder: Z }
        tests:
        - { Z: 1, name: n, events: "+1s vm-1 STOP", expect: [ { 1: 1 }, EXPECT ] }
        """;

    // What each kind of expectation may have besides; where a kind does not take it, that is one more fault that nobody counts.
    private const string Expectation = "{ Z: 1, at: 1s, severity: Z, reason: Z, SUBJECT: A }";

    /// <summary>Keys and words of rule files.</summary>
    public static ILookup<string, IReadOnlySet<string>> OfRules() =>
        Parse(RuleSetCompiler.Compile(Model.RuleSetText.Of([new("a.yaml", RuleFile.Replace("Z", Nonsense, StringComparison.Ordinal))]), QmpCatalogue.Instance).Diagnostics);

    public static ILookup<string, IReadOnlySet<string>> OfTests()
    {
        var subjects = Subjects(Read("{ 1: 1 }"));
        var expectations = subjects.Select(s => Expectation.Replace("SUBJECT: A", s == "deliveries" ? "deliveries: { page: Z }" : $"{s}: A", StringComparison.Ordinal));
        return Parse(Read(string.Join(", ", expectations)));
    }

    private static ImmutableArray<Diagnostic> Read(string expect) =>
        RuleTestReader.Read("a.test.yaml", TestFile.Replace("EXPECT", expect, StringComparison.Ordinal).Replace("Z", Nonsense, StringComparison.Ordinal), QmpCatalogue.Instance).Diagnostics;

    // "a member of 'expect' needs one of the keys 'alert', 'no_alert', …"
    private static IEnumerable<string> Subjects(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.First(d => d.Message.Contains("needs one of the keys", StringComparison.Ordinal)).Message.Split('\'').Where((_, i) => i % 2 == 1).Skip(1);

    private static ILookup<string, IReadOnlySet<string>> Parse(IEnumerable<Diagnostic> diagnostics) => diagnostics
        .Select(d => (Place: Place(d), Words: d.Hint?.Split(": ") is [_, var words] ? words.Split(", ").ToHashSet(StringComparer.Ordinal) : null))
        .Where(f => f.Place is not null && f.Words is not null)
        .ToLookup(f => f.Place!, f => (IReadOnlySet<string>)f.Words!, StringComparer.Ordinal);

    private static string? Place(Diagnostic d)
    {
        var end = d.Message.IndexOf(d.Code[1..] == Codes.UnknownKey[1..] ? " has no key" : $" cannot be '{Nonsense}'", StringComparison.Ordinal);
        return end > 0 ? d.Message[..end] : d.Message.Contains("is not a transition", StringComparison.Ordinal) ? "'deliveries'" : null;
    }
}
