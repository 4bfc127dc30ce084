using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Collects the diagnostics of all phases over all files.</summary>
/// <param name="doubts">Whether what is allowed but unwise is collected as well.</param>
internal sealed class DiagnosticBag(bool doubts = false)
{
    private readonly List<Diagnostic> _found = [];
    private readonly Dictionary<string, SourceText> _sources = new(StringComparer.Ordinal);

    public int Errors { get; private set; }

    public void Add(SourceText source) => _sources[source.Path] = source;

    public void Error(string code, SourceSpan span, string message, string? hint = null) =>
        Add(code, DiagnosticSeverity.Error, span, message, hint);

    public void Warning(string code, SourceSpan span, string message, string? hint = null) =>
        Add(code, DiagnosticSeverity.Warning, span, message, hint);

    /// <summary>A warning that is told only to those who ask for doubts.</summary>
    public void Doubt(string code, SourceSpan span, string message, string? hint = null)
    {
        if (doubts) Warning(code, span, message, hint);
    }

    public void Add(string code, DiagnosticSeverity severity, SourceSpan span, string message, string? hint)
    {
        if (severity == DiagnosticSeverity.Error) Errors++;
        var line = _sources.TryGetValue(span.File, out var source) ? source.Line(span.Line) : "";
        var diagnostic = new Diagnostic(code, severity, span, message, hint, line);
        if (!_found.Contains(diagnostic)) _found.Add(diagnostic);
    }

    /// <summary>By file, line and column; those of one place by code and message.</summary>
    public ImmutableArray<Diagnostic> Ordered() =>
    [
        .. _found.OrderBy(d => d.Span).ThenBy(d => d.Code, StringComparer.Ordinal).ThenBy(d => d.Message, StringComparer.Ordinal),
    ];
}
