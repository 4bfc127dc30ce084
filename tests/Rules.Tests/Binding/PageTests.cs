using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Lint;

namespace Qualm.Rules.Tests.Binding;

/// <summary>Every code has a page, and what the page shows is true.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> AllCodes => [.. Codes.Where(c => !IsDoubt(c))];

    /// <summary>Codes of what is allowed, and only told when the linter is asked.</summary>
    public static TheoryData<string> AllLintCodes => [.. Codes.Where(IsDoubt)];

    private static IEnumerable<string> Codes =>
        typeof(Qualm.Rules.Syntax.Codes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!);

    private static bool IsDoubt(string code) => code is Qualm.Rules.Syntax.Codes.Unguarded or Qualm.Rules.Syntax.Codes.Unused || code.StartsWith("Q25", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(AllCodes))]
    public void The_bad_example_has_the_fault_and_the_good_one_has_none(string code)
    {
        var blocks = Yaml().Matches(File.ReadAllText(Repository.Path($"docs/diagnostics/{code}.md")));
        blocks.Count.ShouldBe(2);
        Check(blocks[0].Groups[1].Value).Select(d => d.Code).ShouldContain(code);
        Check(blocks[1].Groups[1].Value).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(AllLintCodes))]
    public void The_bad_example_is_doubted_and_the_good_one_is_not(string code)
    {
        var blocks = Yaml().Matches(File.ReadAllText(Repository.Path($"docs/diagnostics/{code}.md")));
        blocks.Count.ShouldBe(2);
        Check(blocks[0].Groups[1].Value).ShouldBeEmpty();
        var doubts = Lint(blocks[0].Groups[1].Value);
        doubts.Select(d => d.Code).ShouldContain(code);
        doubts.ShouldAllBe(d => d.Severity == DiagnosticSeverity.Warning);
        Lint(blocks[1].Groups[1].Value).Select(d => d.Code).ShouldNotContain(code);
    }

    private static ImmutableArray<Diagnostic> Lint(string yaml) => RuleSetCompiler.Check(
        RuleSetText.Of([new("rules.yaml", yaml)]), QmpCatalogue.Instance, new HashSet<string> { "page-virt", "page-storage" },
        new LintOptions { Tested = new HashSet<string> { "Tried" }, Fleet = [new(7, 2)] }).Diagnostics;

    private static ImmutableArray<Diagnostic> Check(string yaml) =>
        RuleSetCompiler.Compile(RuleSetText.Of([new("rules.yaml", yaml)]), QmpCatalogue.Instance, new HashSet<string> { "page-virt", "page-storage" }).Diagnostics;

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
