using System.Text.Json;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Tests.Cel;

/// <summary>
/// The table of what the language must give: one case a line in <c>cases.jsonl</c>, with the expression, variables if it has any,
/// and the value as JSON or the word that the error must hold.
/// </summary>
public sealed class CelCases
{
    public sealed record Case(string Section, string Expr, JsonElement? Vars, JsonElement? Value, string? Error);

    public static IReadOnlyList<Case> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cel", "cases.jsonl")).Where(l => l.Length > 0).Select(Read)];

    [Fact]
    public void Every_case_of_the_table_holds()
    {
        var wrong = All.Select(c => (Case: c, Found: Evaluator.EvalOnce(c.Expr, null, c.Vars))).Where(r => !Agrees(r.Case, r.Found)).ToArray();
        wrong.Select(w => $"{w.Case.Section}: {w.Case.Expr} gave {w.Found.Json ?? "error: " + w.Found.Error}, not {w.Case.Value?.GetRawText() ?? "error " + w.Case.Error}").ShouldBeEmpty();
    }

    [Fact]
    public void The_table_is_all_there() => All.Count.ShouldBeGreaterThanOrEqualTo(400);

    private static bool Agrees(Case expected, Evaluator.Outcome found)
    {
        if (expected.Error is { } word) return found.Error is { } error && error.Contains(word, StringComparison.Ordinal);
        return found.Json is { } json && JsonElement.DeepEquals(JsonDocument.Parse(json).RootElement, expected.Value!.Value);
    }

    private static Case Read(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        return new Case(
            json.GetProperty("section").GetString()!,
            json.GetProperty("expr").GetString()!,
            json.TryGetProperty("vars", out var vars) ? vars : null,
            json.TryGetProperty("value", out var value) ? value : null,
            json.TryGetProperty("error", out var error) ? error.GetString() : null);
    }
}
