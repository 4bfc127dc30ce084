using System.Collections.Immutable;

namespace Qualm.Rules.Syntax;

/// <summary>Collects the diagnostics of all phases over all files.</summary>
/// <param name="doubts">Whether what is allowed but unwise is collected as well.</param>
internal sealed class DiagnosticBag(bool doubts = false)
{
    private readonly List<Diagnostic> _found = [];
    private readonly Dictionary<string, SourceText> _sources = new(StringComparer.Ordinal);

    public int Errors { get; private set; }

    /// <summary>Counts an error whose diagnostic will be added when it is known where it belongs.</summary>
    public void Owe() => Errors++;

    /// <summary>An empty bag that knows the same sources.</summary>
    public DiagnosticBag Fork()
    {
        var fork = new DiagnosticBag(doubts);
        foreach (var source in _sources.Values) fork.Add(source);
        return fork;
    }

    /// <summary>Takes what another bag has found, but for places that have a diagnostic of the same code.</summary>
    public void AddUnlessThere(DiagnosticBag other)
    {
        foreach (var d in other._found.Where(d => !_found.Any(f => f.Code == d.Code && f.Span == d.Span)).ToArray()) Add(d.Code, d.Severity, d.Span, d.Message, d.Hint);
    }

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
