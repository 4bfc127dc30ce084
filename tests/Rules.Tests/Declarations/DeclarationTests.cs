using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Lint;
using Qualm.Rules.Testing.Coverage;
using Qualm.Rules.Testing.Mutation;
using Qualm.Rules.Tests.Run;

namespace Qualm.Rules.Tests.Declarations;

public sealed class DeclarationTests
{
    private const string Base = """
        lists: { scratch: [test-1, test-2], errors: [5] }
        macros:
          bad_read: event.data.type == "read" && !spared
          spared: in_list("scratch", vm.id)
          many: agg.count >= 3
          which: event.data.node_name == "q9"
        intervals:
          night: { times: [ { from: "22:00", to: "06:00" } ] }

        """;

    [Fact]
    public void Macros_and_lists_of_one_file_serve_the_rules_of_another()
    {
        var timeline = new Timeline(Timeline.Compile(Base, Timeline.Group("""
            - alert: Bad
              on: QUORUM_REPORT_BAD
              where: bad_read
              count: ">= 2"
              within: 10s
              severity: { warning: "true", error: which, critical: many }
              annotations: { summary: "{{ many }} {{ vm.id }}" }
            - alert: Night
              on: STOP
              where: in_interval("night", event.at) && in_list("errors", 5)
            """)));
        const string Read = """{"type":"read","node-name":"q0","sector-num":1,"sectors-count":1}""";
        foreach (var at in (long[])[1000, 2000, 3000]) timeline.Add(at, "QUORUM_REPORT_BAD", data: Read);
        timeline.Add(3000, "QUORUM_REPORT_BAD", vm: "test-1", data: Read).Add(4000, "QUORUM_REPORT_BAD", vm: "test-1", data: Read);
        timeline.Decisions.Select(d => $"{d.Alert} {d.Key[0].Value} {TransitionJson.Name(d.Transition)} {TransitionJson.Name(d.Severity)}").ShouldBe(["Bad vm-1 firing warning", "Bad vm-1 severity critical"]);
        timeline.Decisions[^1].Summary.ShouldBe("true vm-1");
        timeline.Add(6 * 3_600_000 - 1, "STOP").Add(6 * 3_600_000, "STOP", vm: "vm-2");
        timeline.Decisions.Where(d => d.Alert == "Night").Select(d => d.Key[0].Value).ShouldBe(["vm-1"]);
    }

    [Fact]
    public void A_severity_by_a_macro_sees_the_event()
    {
        var timeline = new Timeline(Timeline.Compile(Base + "\n", Timeline.Group("""
            - alert: Bad
              on: QUORUM_REPORT_BAD
              where: bad_read
              severity: { warning: "true", error: which }
              labels: { team: storage }
            - alert: Other
              on: STOP
              where: in_interval("night", event.at) && in_list("errors", 5)
              severity: { warning: "true", critical: many }
            """)));
        timeline.Add(1000, "QUORUM_REPORT_BAD", data: """{"type":"read","node-name":"q9","sector-num":1,"sectors-count":1}""");
        timeline.Decisions.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public void A_state_condition_may_take_its_age_from_a_macro()
    {
        var timeline = new Timeline(Timeline.Compile("macros: { stale: 'age(vm.since) > duration(\"10s\")' }\n", Timeline.Group("""
            - alert: Paused
              when: 'vm.status == "paused" && stale'
            """)));
        timeline.Add(1000, "STOP").Tick(60_000);
        timeline.Lines.ShouldBe(["firing Paused [vm-1] at 11000 decided 13000 because 1"]);
    }

    [Theory]
    [InlineData("test-1, test-2", "test-2, test-3", true)]
    [InlineData("test-1, test-2", "test-2, 'test-1'", false)]
    [InlineData("errors: [5]", "errors: [5, 6]", false)]
    [InlineData("!spared", "!spared && vm.panicked", true)]
    [InlineData("""in_list("scratch", vm.id)""", """in_list("scratch", vm.id) || vm.panicked""", true)]
    [InlineData("agg.count >= 3", "agg.count >= 4", false)]
    public void A_rule_changes_with_what_it_uses_and_only_then(string was, string becomes, bool changes)
    {
        const string Rules = """
            - alert: Bad
              on: QUORUM_REPORT_BAD
              where: bad_read
            - alert: Other
              on: QUORUM_REPORT_BAD
              where: 'in_list("errors", 5) && which && in_interval("night", event.at)'
              severity: { warning: "true", critical: many }
            """;
        var before = Timeline.Compile(Base, Timeline.Group(Rules));
        Base.ShouldContain(was);
        var after = Timeline.Compile(Base.Replace(was, becomes, StringComparison.Ordinal), Timeline.Group(Rules));
        (before.Rules[0].Definition != after.Rules[0].Definition).ShouldBe(changes);
        if (!changes && was != "test-1, test-2") before.Rules[1].Definition.ShouldNotBe(after.Rules[1].Definition);
        before.Rules[0].Definition.ShouldNotContain("errors");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5_000)]
    public void A_list_may_be_long(int count)
    {
        var members = Enumerable.Range(0, count).Select(i => $"größe-{i}");
        var timeline = new Timeline(Timeline.Compile($"lists: {{ known: [{string.Join(", ", members)}] }}\n", Timeline.Group("- alert: A\n  on: VSERPORT_CHANGE\n  where: in_list(\"known\", event.data.id)")));
        foreach (var (at, id) in ((long, string)[])[(1, "größe-2"), (2, "grösse-2"), (3, "größe-22222222"), (4, "größe-"), (5, "größe-0" + new string('0', 400)), (6, "gr\\u00f6\\u00dfe-0")])
            timeline.Add(at, "VSERPORT_CHANGE", vm: $"vm-{at}", data: $$"""{"id":"{{id}}","open":true}""");
        timeline.Decisions.Select(d => d.Key[0].Value).ShouldBe(["vm-1", "vm-6"]);
    }

    [Fact]
    public void An_interval_is_part_of_what_a_rule_does_with_the_offsets_of_its_zone()
    {
        static RuleSet Set(string times, string zone) => Timeline.Compile($"intervals: {{ office: {{ zone: {zone}, times: [ {times} ] }} }}\n", Timeline.Group("""
            - alert: A
              on: STOP
              where: in_interval("office", event.at)
            """));
        var set = Set("{ days: [mon-fri], from: '08:00', to: '18:00' }", "Europe/Berlin");
        set.Rules[0].Definition.ShouldBe(Set("{ days: [Monday, tue-thu, FRI], from: 08:00, to: 12:00 }, { days: mon-fri, from: '12:00', to: '18:00' }", "Europe/Berlin").Rules[0].Definition);
        set.Rules[0].Definition.ShouldNotBe(Set("{ days: [mon-fri], from: '08:00', to: '18:01' }", "Europe/Berlin").Rules[0].Definition);
        set.Rules[0].Definition.ShouldNotBe(Set("{ days: [mon-fri], from: '08:00', to: '18:00' }", "Europe/London").Rules[0].Definition);
        set.Zones.Keys.ShouldBe(["Europe/Berlin"]);
        set.Rules[0].Definition.ShouldContain(set.Zones["Europe/Berlin"]);
    }

    [Fact]
    public void What_no_rule_reaches_is_doubted()
    {
        var text = Timeline.Text(Base + "  day: { times: [ { days: mon } ] }\n", Timeline.Group("- alert: A\n  on: STOP\n  where: spared && in_interval(\"night\", event.at)\n  mode: disabled"));
        RuleSetCompiler.Check(text, QmpCatalogue.Instance, null, LintOptions.None).Diagnostics.Select(d => $"{d.Code} {d.Severity} {d.Message}").ShouldBe(
        [
            "Q232 Warning no rule uses the list 'errors'", "Q232 Warning no rule uses the macro 'bad_read'", "Q232 Warning no rule uses the macro 'many'",
            "Q232 Warning no rule uses the macro 'which'", "Q232 Warning no rule uses the interval 'day'",
        ]);
    }

    [Fact]
    public void A_set_of_declarations_alone_is_good()
    {
        var compiled = RuleSetCompiler.Check(Timeline.Text(Base), QmpCatalogue.Instance, null, LintOptions.None);
        compiled.Diagnostics.ShouldBeEmpty();
        compiled.Set.ShouldNotBeNull().Names.ShouldBeEmpty();
    }

    [Fact]
    public void A_macro_that_fits_one_rule_and_not_another_is_the_fault_of_the_other()
    {
        var compiled = RuleSetCompiler.Compile(Timeline.Text("macros: { reading: event.data.type == \"read\" }\n", Timeline.Group("""
            - alert: A
              on: QUORUM_REPORT_BAD
              where: reading
            - alert: B
              on: STOP
              where: vm.panicked || reading
            """)), QmpCatalogue.Instance);
        compiled.Diagnostics.ShouldHaveSingleItem().Render().ShouldStartWith("r1.yaml:9:27: Q204: in 'reading': 'event.data' has no member 'type'");
    }

    [Fact]
    public void Mutants_are_made_of_macros_and_of_overrides_in_their_own_files()
    {
        var text = Timeline.Text(
            "macros: { many: agg.count >= 3 }\n",
            Timeline.Group("- alert: A\n  on: STOP\n  count: \">= 2\"\n  within: 10s\n  severity: { warning: many }"),
            "override: [ { alert: A, within: 20s } ]\n");
        RuleMutants.Of(text, "r0.yaml", QmpCatalogue.Instance).Select(m => (m.Rule, m.Was, m.Becomes)).ShouldContain(("many", "3", "4"));
        RuleMutants.Of(text, "r1.yaml", QmpCatalogue.Instance).Select(m => m.Was).ShouldNotContain("10s");
        RuleMutants.Of(text, "r2.yaml", QmpCatalogue.Instance).Select(m => (m.Rule, m.Was, m.Kind)).ShouldContain(("A", "20s", "window"));
    }

    [Fact]
    public void Coverage_knows_to_which_rule_an_overriding_clause_belongs()
    {
        var coverage = new RuleCoverage();
        coverage.Compile(Timeline.Text(Timeline.Group("- alert: A\n  on: STOP\n- alert: B\n  on: STOP"), "override: [ { alert: B, where: vm.panicked } ]\n"), QmpCatalogue.Instance);
        coverage.Points.ShouldContain(p => p.Rule == "B" && p.Kind == "clause" && p.Span.File == "r1.yaml");
    }
}
