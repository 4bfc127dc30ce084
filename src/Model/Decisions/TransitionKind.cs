namespace Qualm.Model;

/// <summary>What happened to an alert.</summary>
public enum TransitionKind
{
    /// <summary>Its condition holds, but not yet for long enough.</summary>
    Pending,
    Firing,

    /// <summary>It fires on with another severity.</summary>
    Severity,

    /// <summary>Somebody took it.</summary>
    Acknowledged,
    Resolved,

    /// <summary>A gap hides whether it holds.</summary>
    Unknown,
}
