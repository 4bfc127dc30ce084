using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Testing;

namespace Qualm.Rules.Tests.Testing;

/// <summary>Every code of test files has a page, and what the page shows is true.</summary>
public sealed partial class TestPageTests
{
    private const string Rules = "groups:\n- name: test\n  rules:\n  - alert: GuestPanicked\n    on: GUEST_PANICKED\n    actions: [page-virt]\n";

    public static TheoryData<string> AllCodes =>
        [.. typeof(TestCodes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(AllCodes))]
    public void The_bad_example_has_the_fault_and_the_good_one_has_none(string code)
    {
        var blocks = Yaml().Matches(File.ReadAllText(Repository.Path($"docs/diagnostics/{code}.md")));
        blocks.Count.ShouldBe(2);
        Check(blocks[1].Groups[1].Value).ShouldBeEmpty();

        // Which rules lie beside a test file only the command knows.
        if (code != TestCodes.NoRules) Check(blocks[0].Groups[1].Value).Select(d => d.Code).ShouldContain(code);
    }

    private static ImmutableArray<Diagnostic> Check(string yaml)
    {
        var set = RuleSetCompiler.Compile(RuleSetText.Of([new("rules.yaml", Rules)]), QmpCatalogue.Instance).Set!;
        var reading = RuleTestReader.Read("a.test.yaml", yaml, QmpCatalogue.Instance);
        return reading.File is { } file ? reading.Diagnostics.AddRange(RuleTestNames.Check(file, yaml, set)) : reading.Diagnostics;
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
