using System.Text;
using Qualm.Engine.Testing;

namespace Qualm.Engine.Tests.Testing;

/// <summary>Whole runs over test files on disk, their whole output compared. Set UPDATE_GOLDEN=1 to rewrite what is expected.</summary>
public sealed class TestSessionTests
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    private static readonly string Cases = Path.Combine(Root, "tests/Engine.Tests/testdata/testing");

    [Fact]
    public void The_tests_of_the_rules_that_ship_pass_and_leave_no_mutant_alive()
    {
        var (text, _, good) = Run(Path.Combine(Root, "rules"), coverage: true, mutate: true);
        good.ShouldBeTrue(text);
        text.ShouldNotContain("not covered");
        text.ShouldContain(" 0 survived");
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("passes")]
    public void People_read_exactly_this(string name)
    {
        var (text, json, _) = Run(Path.Combine(Cases, name), coverage: true, mutate: true);
        Compare(name, "expected.txt", text);
        Compare(name, "expected.jsonl", json);
    }

    [Fact]
    public void Gaps_are_survived_in_any_order_and_over_every_crash()
    {
        var (text, _, good) = Run(Path.Combine(Cases, "gaps"));
        good.ShouldBeTrue(text);
    }

    [Fact]
    public void A_failing_test_makes_the_run_fail_and_mutants_are_not_tried()
    {
        var (text, _, good) = Run(Path.Combine(Cases, "fails"), mutate: true);
        good.ShouldBeFalse();
        text.ShouldNotContain("mutants");
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused_and_the_others_run()
    {
        var folder = Directory.CreateTempSubdirectory("qualm-test").FullName;
        File.WriteAllText(Path.Combine(folder, "r.yaml"), "groups:\n- name: g\n  rules:\n  - alert: A\n    on: STOP\n");
        File.WriteAllText(Path.Combine(folder, "a.test.yaml"), "rules: missing.yaml\ntests: []\n");
        File.WriteAllText(Path.Combine(folder, "b.test.yaml"), "rules: r.yaml\ntests:\n- { name: t, events: +0s vm-1 STOP, expect: [ { at: 0s, alert: A } ] }\n");
        var (text, json, good) = Run(folder);
        good.ShouldBeFalse();
        text.ShouldContain("1 test, 1 passed, 0 failed, 1 file refused");
        json.ShouldContain("\"outcome\":\"refused\",\"detail\":\"{folder}/a.test.yaml:1:8: T130: there are no rules at 'missing.yaml'\"");
    }

    [Fact]
    public void A_build_server_is_told_of_passed_failed_and_refused()
    {
        using var stream = new MemoryStream();
        TestSession.Run(TestFiles.Find([Path.Combine(Cases, "fails")]), new(false, false), [new JUnitReport(stream)], new ProgressLine(TimeProvider.System), CancellationToken.None);
        var xml = System.Xml.Linq.XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF'));
        xml.Root!.Attribute("tests")!.Value.ShouldBe("6");
        xml.Root.Attribute("failures")!.Value.ShouldBe("5");
        xml.Descendants("failure").First().Attribute("message")!.Value.ShouldContain("expected at 1s: alert Corrupt");
    }

    private static (string Text, string Json, bool Good) Run(string path, bool coverage = false, bool mutate = false)
    {
        using var text = new StringWriter();
        using var json = new MemoryStream();
        var good = TestSession.Run(
            TestFiles.Find([path]), new(coverage, mutate), [new TextTestReport(text), new JsonTestReport(json)], new ProgressLine(TimeProvider.System), CancellationToken.None);
        return (text.ToString().Replace(path, "{folder}", StringComparison.Ordinal), Encoding.UTF8.GetString(json.ToArray()).Replace(path, "{folder}", StringComparison.Ordinal), good);
    }

    private static void Compare(string name, string file, string actual)
    {
        var expected = Path.Combine(Cases, name, file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(expected, actual);
        actual.ShouldBe(File.ReadAllText(expected));
    }

    private static string FindRoot(string directory) =>
        File.Exists(Path.Combine(directory, "Engine.sln")) ? directory : FindRoot(Directory.GetParent(directory)!.FullName);
}
