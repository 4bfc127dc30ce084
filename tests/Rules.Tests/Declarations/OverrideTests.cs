using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Tests.Run;

namespace Qualm.Rules.Tests.Declarations;

public sealed class OverrideTests
{
    private const string Rule = "- alert: A\n  on: STOP\n  where: vm.panicked\n  labels: { team: x, site: y }\n  annotations: { summary: s }\n  cooldown: 5m";

    [Theory]
    [InlineData("cooldown: 7m", "where: vm.panicked\n  labels: { team: x, site: y }\n  annotations: { summary: s }\n  cooldown: 7m")]
    [InlineData("labels: { site: z, tier: a }", "where: vm.panicked\n  labels: { team: x, site: z, tier: a }\n  annotations: { summary: s }\n  cooldown: 5m")]
    [InlineData("where: '!vm.panicked', severity: error", "where: '!vm.panicked'\n  labels: { team: x, site: y }\n  annotations: { summary: s }\n  cooldown: 5m\n  severity: error")]
    [InlineData("annotations: { action: a }", "where: vm.panicked\n  labels: { team: x, site: y }\n  annotations: { summary: s, action: a }\n  cooldown: 5m")]
    [InlineData("count: '>= 2', within: 1m", "where: vm.panicked\n  count: '>= 2'\n  within: 1m\n  labels: { team: x, site: y }\n  annotations: { summary: s }\n  cooldown: 5m")]
    public void Is_the_same_as_writing_it_in_the_rule(string change, string written)
    {
        var overridden = Timeline.Compile(Timeline.Group(Rule), $"override: [ {{ alert: A, {change} }} ]\n");
        var rule = Timeline.Compile(Timeline.Group($"- alert: A\n  on: STOP\n  {written}"));
        overridden.Rules[0].Definition.ShouldBe(rule.Rules[0].Definition);
        overridden.Rules[0].Location.ShouldBe("r0.yaml:4");
    }

    [Fact]
    public void A_disabled_rule_does_not_run_and_may_be_enabled_again()
    {
        const string Off = "override: [ { alert: A, mode: disabled } ]\n";
        Timeline.Compile(Timeline.Group(Rule), Off).Names.ShouldBeEmpty();
        Timeline.Compile(Timeline.Group(Rule), Off, "override: [ { alert: A, mode: active } ]\n").Names.ShouldBe(["A"]);
    }

    [Fact]
    public void The_last_of_several_wins()
    {
        var set = Timeline.Compile(Timeline.Group(Rule), "override: [ { alert: A, cooldown: 1m }, { alert: A, cooldown: 2m } ]\n", "override: [ { alert: A, cooldown: 3m, renotify: 1h } ]\n");
        set.Rules[0].Cooldown.ShouldBe(TimeSpan.FromMinutes(3));
        set.Rules[0].Renotify.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Replaces_what_the_group_gave_by_default()
    {
        var set = Timeline.Compile("groups: [ { name: g, defaults: { severity: error, labels: { a: b } }, rules: [ { alert: A, on: STOP } ] } ]\n", "override: [ { alert: A, severity: info, labels: { c: d } } ]\n");
        set.Rules[0].Ladder.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
        set.Rules[0].Labels.Select(l => l.Name).ShouldBe(["a", "c"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("where: vm.panickd", "r1.yaml:1:35: Q204")]
    [InlineData("cooldown: 5 m", "r1.yaml:1:35: Q109")]
    [InlineData("cooldwn: 5m", "r1.yaml:1:25: Q104")]
    [InlineData("on: STOPP", "r1.yaml:1:29: Q201")]
    [InlineData("labels: { a: '{{ vm.id }}' }", "r1.yaml:1:38: Q213")]
    [InlineData("skip: next", "r1.yaml:1:31: Q210")]
    public void Faults_are_shown_where_they_are_made(string change, string place)
    {
        var compiled = RuleSetCompiler.Compile(Timeline.Text(Timeline.Group(Rule), $"override: [ {{ alert: A, {change} }} ]\n"), QmpCatalogue.Instance);
        compiled.Set.ShouldBeNull();
        compiled.Diagnostics.ShouldHaveSingleItem().Render().ShouldStartWith(place);
    }
}
