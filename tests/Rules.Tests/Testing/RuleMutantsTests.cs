using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Testing.Mutation;

namespace Qualm.Rules.Tests.Testing;

public sealed class RuleMutantsTests
{
    private const string Rules = """
        groups:
        - name: test
          rules:
          - alert: Corrupt
            on: QUORUM_REPORT_BAD
            where: 'event.data.type == "read" && event.data.sector_num < 10'
            by: [vm.id, event.data.node_name]
            count: ">= 3"
            within: 10m
            resolve: [ { quiet: 30m } ]
        """;

    [Fact]
    public void Thresholds_windows_operators_events_and_texts_are_changed_one_at_a_time()
    {
        var mutants = RuleMutants.Of(RuleSetText.Of([new("r.yaml", Rules)]), "r.yaml", QmpCatalogue.Instance).ToArray();
        var said = mutants.Select(m => $"{m.Span.Line}:{m.Span.Column} {m.Kind} {m.Was} -> {m.Becomes}").ToArray();
        said.ShouldContain("8:16 threshold 3 -> 2");
        said.ShouldContain("8:16 threshold 3 -> 4");
        said.ShouldContain("8:16 threshold 3 -> 6");
        said.ShouldContain("8:13 operator >= -> >");
        said.ShouldContain("9:13 window 10m -> 5m");
        said.ShouldContain("9:13 window 10m -> 20m");
        said.ShouldContain("10:25 window 30m -> 1h");
        said.ShouldContain("6:29 operator == -> !=");
        said.ShouldContain("6:32 text \"read\" -> \"write\"");
        said.ShouldContain("6:39 operator && -> ||");
        said.ShouldContain("6:66 threshold 10 -> 11");
        foreach (var mutant in mutants)
        {
            var lines = mutant.Text.Files[0].Text.Split('\n').Zip(Rules.Split('\n')).Count(l => l.First != l.Second);
            lines.ShouldBe(1, $"{mutant.Was} -> {mutant.Becomes}");
        }
    }

    [Fact]
    public void Only_mutants_that_compile_are_given()
    {
        var text = RuleSetText.Of([new("r.yaml", Rules)]);
        RuleMutants.Of(text, "r.yaml", QmpCatalogue.Instance).ShouldAllBe(m => RuleSetCompiler.Compile(m.Text, QmpCatalogue.Instance, null).Set != null);
    }

    [Fact]
    public void Kinds_of_windows_and_times_of_endings_are_changed_as_well()
    {
        var rules = """
            groups:
            - name: test
              rules:
              - alert: Storm
                on: RESET
                count: ">= 3"
                within: 10m
                window: tumbling
                resolve: { on: RESUME, for: 5m }
              - alert: Visit
                on: RESET
                count: "< 3"
                gap: 30s
                window: session
            """;
        var said = RuleMutants.Of(RuleSetText.Of([new("r.yaml", rules)]), "r.yaml", QmpCatalogue.Instance).Select(m => $"{m.Span.Line}:{m.Span.Column} {m.Kind} {m.Was} -> {m.Becomes}").ToArray();
        said.ShouldContain("8:13 window tumbling -> sliding");
        said.ShouldContain("9:33 window 5m -> 10m");
        said.ShouldContain("13:10 window 30s -> 15s");
        said.ShouldNotContain(m => m.Contains("session", StringComparison.Ordinal));
    }
}
