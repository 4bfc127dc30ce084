namespace Qualm.Rules.Cel;

/// <summary>One thing wrong, or doubtful, with the text of an expression.</summary>
/// <param name="Message">One sentence without a full stop.</param>
/// <param name="Hint">What to write instead, when that can be told.</param>
public sealed record CelDiagnostic(CelSpan Span, string Message, string? Hint = null)
{
    /// <summary>Its own code where it has one; else it goes under that of the place the text stands in.</summary>
    public string? Code { get; init; }
}
