using System.Text.RegularExpressions;
using Qualm.Engine.Testing;

namespace Qualm.Engine.Tests.Testing;

/// <summary>What the page for people from NRules shows is true: each of its rules compiles, and each test beside them passes.</summary>
public sealed partial class FromNRulesTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(FindRoot(AppContext.BaseDirectory), "docs/from-nrules.md"));

    [Fact]
    public void Every_example_of_the_page_passes_its_tests()
    {
        var folder = Directory.CreateTempSubdirectory("qualm-nrules").FullName;
        try
        {
            foreach (Match block in Yaml().Matches(Page))
            {
                var text = block.Groups[1].Value;
                var isTest = text.StartsWith("rules: ", StringComparison.Ordinal);
                var name = text.Split('\n')[0][(isTest ? "rules: " : "# ").Length..];
                File.WriteAllText(Path.Combine(folder, isTest ? Path.ChangeExtension(name, ".test.yaml") : name), text);
            }

            using var output = new StringWriter();
            var paths = TestFiles.Find([folder]);
            paths.Count.ShouldBe(Directory.EnumerateFiles(folder, "*.yaml").Count() / 2, "every rule file has a test");
            TestSession.Run(paths, new(false, false), [new TextTestReport(output)], new ProgressLine(TimeProvider.System), CancellationToken.None).ShouldBeTrue(output.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Match")]
    [InlineData("Joins")]
    [InlineData("Not")]
    [InlineData("Exists")]
    [InlineData("All")]
    [InlineData("Or")]
    [InlineData("Query and Collect")]
    [InlineData("GroupBy")]
    [InlineData("SelectMany")]
    [InlineData("Having")]
    [InlineData("Let")]
    [InlineData("Do and Undo")]
    [InlineData("Yield and linked facts")]
    [InlineData("Priority")]
    [InlineData("Repeatability")]
    [InlineData("Filters")]
    [InlineData("Dependencies and services")]
    [InlineData("Surprises that are gone")]
    public void Every_construct_has_an_example(string construct)
    {
        var start = Page.IndexOf($"\n## {construct}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0);
        var end = Page.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        Yaml().Count(Page[start..(end < 0 ? Page.Length : end)]).ShouldBe(2, "its rules, and their tests");
    }

    private static string FindRoot(string directory) =>
        File.Exists(Path.Combine(directory, "Engine.sln")) ? directory : FindRoot(Directory.GetParent(directory)!.FullName);

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();
}
