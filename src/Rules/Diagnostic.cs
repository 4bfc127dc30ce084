namespace Qualm.Rules;

/// <summary>One thing wrong with a rule file.</summary>
/// <param name="Code">Stable and documented in <c>docs/diagnostics</c>, e.g. <c>Q103</c>.</param>
/// <param name="Message">One sentence without a full stop.</param>
/// <param name="Hint">What to write instead, when that can be told.</param>
/// <param name="SourceLine">The line of the file the span lies in; empty past the end.</param>
public sealed record Diagnostic(
    string Code, DiagnosticSeverity Severity, SourceSpan Span, string Message, string? Hint, string SourceLine)
{
    /// <summary>The message, the source line and a caret under the fault, lines separated by <c>\n</c>, no line end at the end.</summary>
    public string Render()
    {
        var severity = Severity == DiagnosticSeverity.Warning ? "warning: " : "";
        var text = $"{Span}: {Code}: {severity}{Message}\n  | {SourceLine.Replace('\t', ' ')}\n  | {Caret()}";
        return Hint is null ? text : $"{text}\n  = {Hint}";
    }

    private string Caret()
    {
        var room = Math.Max(1, SourceLine.Length - Span.Column + 1);
        return new string(' ', Span.Column - 1) + new string('^', Math.Clamp(Span.Length, 1, room));
    }
}
