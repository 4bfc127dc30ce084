using System.Globalization;
using Qualm.Rules;

namespace Qualm.Engine.Testing;

/// <summary>For people: each test on a line, what was expected and what was under those that failed. Line ends are <c>\n</c>.</summary>
internal sealed class TextTestReport(TextWriter output) : ITestReport
{
    private string _file = "";

    // What is wrong with the file stands on the standard error already.
    public void Refused(string path, IReadOnlyList<Diagnostic> diagnostics) => Line($"{path}\n  refused: {Count(diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error), "error")}");

    public void Add(TestResult result)
    {
        if (_file != result.Path) Line(_file = result.Path);
        Line($"  {(result.Passed ? "ok  " : "FAIL")}  {result.Test.Name}");
        foreach (var finding in result.Findings)
        {
            Line($"        {finding.Span.File}:{finding.Span.Line}");
            Line($"          expected  {finding.Expected}");
            Line($"          was       {finding.Was}");
            if (finding.Nearest is { } nearest) Line($"          nearest   {nearest}");
        }

        foreach (var broken in result.Broken) Line($"        {broken}");
    }

    public void Add(IReadOnlyList<CoverageRun.Row> coverage)
    {
        var what = coverage.Select(r => $"{r.Point.Kind} {r.Point.Text.ReplaceLineEndings(" ")}").ToArray();
        var width = Math.Min(80, what.Select(w => w.Length).DefaultIfEmpty().Max());
        Line("\ncoverage");
        foreach (var rule in coverage.Index().GroupBy(r => r.Item.Point.Rule))
        {
            Line($"  {rule.Key}{new string(' ', Math.Max(1, width + 4 - rule.Key.Length))}   true  false");
            foreach (var (i, row) in rule)
            {
                var never = row.Point.NeedsFalse ? row.False.ToString(CultureInfo.InvariantCulture) : "-";
                Line(string.Create(CultureInfo.InvariantCulture, $"    {what[i].PadRight(width)}  {row.True,6} {never,6}{(row.Covered ? "" : $"  not covered, {row.Point.Span.File}:{row.Point.Span.Line}")}"));
            }
        }

        Line(string.Create(CultureInfo.InvariantCulture, $"  {coverage.Count(r => r.Covered)} of {coverage.Count} covered"));
    }

    public void Add(MutationRun.Outcome mutants)
    {
        Line("\nmutants");
        foreach (var mutant in mutants.Alive) Line($"  survived  {mutant.Span}: {mutant.Rule}: {mutant.Kind} {mutant.Was} -> {mutant.Becomes}");
        Line(string.Create(CultureInfo.InvariantCulture, $"  {mutants.Tried} tried, {mutants.Alive.Count} survived"));
    }

    public void Finish(TestTotals totals) => Line($"\n{totals}");

    private static string Count(int number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");

    private void Line(string text) => output.Write(text + "\n");
}
