using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>Commands for those who write rules, which need neither a store nor a service.</summary>
public sealed class RuleCommandTests
{
    private const string Bad = """
        groups:
        - name: bad
          rules:
          - alert: Misspelt
            on: GUEST_PANICED
          - alert: Wrong
            on: BLOCK_IO_ERROR
            where: event.data.nospace == 3
        """;

    [Fact]
    public async Task The_shipped_rules_are_clean()
    {
        await using var site = await Installation.MakeAsync();
        var check = (await site.Start("check", Repository.Rules).EndAsync()).ShouldExit(0);
        check.Error.ShouldContain("0 errors, 0 warnings");
        (await site.Start("check", Repository.Rules, "--json").EndAsync()).ShouldExit(0).Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bad_rule_file_is_told_with_line_column_caret_and_suggestion()
    {
        await using var site = await Installation.MakeAsync();
        site.WriteRules(Bad);
        var check = (await site.Start("check", site.Rules).EndAsync()).ShouldExit(1);
        var said = check.Text + check.Error;
        said.ShouldContain("test.yaml:5:9");
        said.ShouldContain("^");
        said.ShouldContain("GUEST_PANICKED");
        said.ShouldContain("test.yaml:8:");

        var told = (await site.Start("check", site.Rules, "--json").EndAsync()).ShouldExit(1).Json;
        foreach (var diagnostic in told) ((string[])["file", "line", "column", "code", "severity", "message"]).ShouldBeSubsetOf(diagnostic.Select(m => m.Key));
        var found = told.Where(d => (string?)d["severity"] == "error").ToArray();
        found.Select(d => (int)d["line"]!).ShouldBe([5, 8]);
        ((int)found[0]["column"]!).ShouldBe(9);
    }

    [Theory]
    [InlineData("1 + 2", "3")]
    [InlineData("event.data.action == 'pause' && event.name == 'GUEST_PANICKED'", "true")]
    [InlineData("[1, 2, 3].filter(x, x > 1)", "[2,3]")]
    [InlineData("limit * 2", "20")]
    [InlineData("'a' + event.data.action", "\"apause\"")]
    public async Task Eval_prints_the_value_as_JSON(string expression, string value)
    {
        await using var site = await Installation.MakeAsync();
        var eval = await site.Start("eval", expression, "--event", """{"event":"GUEST_PANICKED","data":{"action":"pause"}}""", "--vars", """{"limit":10}""").EndAsync();
        JsonNode.Parse(eval.ShouldExit(0).Text)!.ToJsonString().ShouldBe(value);
    }

    [Theory]
    [InlineData("1 +")]
    [InlineData("1 / 0")]
    [InlineData("nobody.knows")]
    public async Task Eval_tells_an_error_and_exits_with_1(string expression)
    {
        await using var site = await Installation.MakeAsync();
        var eval = (await site.Start("eval", expression).EndAsync()).ShouldExit(1);
        (eval.Text + eval.Error).Trim().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Eval_of_a_batch_answers_a_line_for_a_line()
    {
        await using var site = await Installation.MakeAsync();
        await using var eval = site.Start("eval", "--batch");
        await eval.WriteAsync("""
            {"expr":"event.data.x + 1","event":{"event":"STOP","data":{"x":41}}}
            {"expr":"1 / 0"}
            {"expr":"v in ['a', 'b']","vars":{"v":"b"}}

            """);
        var answers = (await eval.EndAsync()).Json;
        answers.Length.ShouldBe(3);
        ((int)answers[0]["value"]!).ShouldBe(42);
        answers[1].ContainsKey("error").ShouldBeTrue();
        ((bool)answers[2]["value"]!).ShouldBeTrue();
    }

    [Theory]
    [InlineData("check", "--frobnicate")]
    [InlineData("run", "--no-such-flag")]
    [InlineData("replay", "--until")]
    [InlineData("frobnicate", "")]
    public async Task What_is_not_understood_is_misuse(string verb, string argument)
    {
        await using var site = await Installation.MakeAsync();
        var misused = (await site.Start([verb, .. argument.Length == 0 ? Array.Empty<string>() : [argument]]).EndAsync()).ShouldExit(2);
        misused.Error.ShouldStartWith("qualm");
    }

    [Fact]
    public async Task A_configuration_that_is_wrong_is_told_by_the_path_of_its_key()
    {
        await using var site = await Installation.MakeAsync();
        var config = site.Workspace.Write("bad.yaml", "receivers:\n  page: { webhook: { url: nowhere } }\n");
        var run = (await site.Start("run", "--config", config, "--data", site.Data).EndAsync()).ShouldExit(2);
        run.Error.ShouldContain("receivers.page.webhook.url");
        Directory.Exists(site.Data).ShouldBeFalse();
    }
}
