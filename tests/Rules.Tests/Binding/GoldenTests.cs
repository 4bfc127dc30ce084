using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Lint;

namespace Qualm.Rules.Tests.Binding;

/// <summary>The whole text of diagnostics and plans. Set UPDATE_GOLDEN=1 to rewrite what is expected, and review the difference.</summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Repository.Path("tests/Rules.Tests/testdata");

    public static TheoryData<string> Cases => [.. Directory.EnumerateFiles(Folder, "expected.txt", SearchOption.AllDirectories).Select(f => Path.GetFileName(Path.GetDirectoryName(f))!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Says_exactly_this(string name)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Folder, name), "*.yaml").Select(f => new RuleSetText.File(Path.GetFileName(f), File.ReadAllText(f)));
        var receivers = new HashSet<string> { "page-virt", "page-storage" };
        var compiled = name == "doubts"
            ? RuleSetCompiler.Check(RuleSetText.Of(files), QmpCatalogue.Instance, receivers, new LintOptions { Tested = new HashSet<string> { "Tested" }, Fleet = [new(7, 2)] })
            : RuleSetCompiler.Compile(RuleSetText.Of(files), QmpCatalogue.Instance, receivers);
        var said = compiled.Diagnostics.Select(d => d.Render() + "\n");
        var actual = string.Join('\n', compiled.Set is { } set ? [.. said, set.Plan()] : said);
        var expected = Path.Combine(Folder, name, "expected.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(expected, actual);
        actual.ShouldBe(File.ReadAllText(expected));
    }
}
