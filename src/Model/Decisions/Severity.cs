namespace Qualm.Model;

/// <summary>How bad an alert is, in rising order.</summary>
public enum Severity
{
    Info,
    Warning,
    Error,
    Critical,
}
