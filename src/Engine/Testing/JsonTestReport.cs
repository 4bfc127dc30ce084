using System.Text.Encodings.Web;
using System.Text.Json;
using Qualm.Engine.Cli;
using Qualm.Rules;

namespace Qualm.Engine.Testing;

/// <summary>One object a line: tests, then coverage and surviving mutants if they were asked for, a summary last.</summary>
internal sealed class JsonTestReport(Stream output) : ITestReport
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long? _tried;
    private int _alive;

    public void Refused(string path, IReadOnlyList<Diagnostic> diagnostics) => Write(json =>
    {
        json.WriteString("test", path);
        json.WriteString("outcome", "refused");
        json.WriteString("detail", string.Join('\n', diagnostics.Select(d => $"{d.Span}: {d.Code}: {d.Message}")));
        json.WriteString("file", path);
    });

    public void Add(TestResult result) => Write(json =>
    {
        json.WriteString("test", result.Test.Name);
        json.WriteString("outcome", result.Passed ? "passed" : "failed");
        json.WriteString("detail", result.Detail);
        json.WriteString("file", result.Path);
        json.WriteNumber("line", result.Test.Span.Line);
    });

    public void Add(IReadOnlyList<CoverageRun.Row> coverage)
    {
        foreach (var row in coverage)
        {
            Write(json =>
            {
                json.WriteString("coverage", row.Point.Text);
                json.WriteString("rule", row.Point.Rule);
                json.WriteString("kind", row.Point.Kind);
                Place(json, row.Point.Span);
                json.WriteNumber("true", row.True);
                if (row.Point.NeedsFalse) json.WriteNumber("false", row.False);
                json.WriteBoolean("covered", row.Covered);
            });
        }
    }

    public void Add(MutationRun.Outcome mutants)
    {
        (_tried, _alive) = (mutants.Tried, mutants.Alive.Count);
        foreach (var mutant in mutants.Alive)
        {
            Write(json =>
            {
                json.WriteString("mutant", $"{mutant.Was} -> {mutant.Becomes}");
                json.WriteString("rule", mutant.Rule);
                json.WriteString("kind", mutant.Kind);
                Place(json, mutant.Span);
                json.WriteString("outcome", "survived");
            });
        }
    }

    public void Finish(TestTotals totals) => Write(json =>
    {
        json.WriteNumber("tests", totals.Tests);
        json.WriteNumber("passed", totals.Passed);
        json.WriteNumber("failed", totals.Failed);
        json.WriteNumber("refused", totals.Refused);
        if (_tried is not { } tried) return;
        json.WriteNumber("mutants", tried);
        json.WriteNumber("survived", _alive);
    });

    private static void Place(Utf8JsonWriter json, SourceSpan span)
    {
        json.WriteString("file", span.File);
        json.WriteNumber("line", span.Line);
        json.WriteNumber("column", span.Column);
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Form))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        output.Line(line.GetBuffer().AsSpan(0, (int)line.Length));
    }
}
