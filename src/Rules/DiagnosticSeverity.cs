namespace Qualm.Rules;

/// <summary>Whether a set of rules with this finding may run.</summary>
public enum DiagnosticSeverity
{
    /// <summary>It may.</summary>
    Warning,

    /// <summary>It is refused whole.</summary>
    Error,
}
