using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Rules.Tests.Binding;

/// <summary>Every code has a page, and what the page shows is true.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> AllCodes =>
        [.. typeof(Qualm.Rules.Syntax.Codes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(AllCodes))]
    public void The_bad_example_has_the_fault_and_the_good_one_has_none(string code)
    {
        var blocks = Yaml().Matches(File.ReadAllText(Repository.Path($"docs/diagnostics/{code}.md")));
        blocks.Count.ShouldBe(2);
        Check(blocks[0].Groups[1].Value).Select(d => d.Code).ShouldContain(code);
        Check(blocks[1].Groups[1].Value).ShouldBeEmpty();
    }

    private static ImmutableArray<Diagnostic> Check(string yaml) =>
        RuleSetCompiler.Compile(RuleSetText.Of([new("rules.yaml", yaml)]), QmpCatalogue.Instance, new HashSet<string> { "page-virt", "page-storage" }).Diagnostics;

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
