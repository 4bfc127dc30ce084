namespace Qualm.Rules.Testing.Coverage;

/// <summary>One thing in a rule that its tests should see happen.</summary>
/// <param name="Kind"><c>clause</c>, <c>event</c>, <c>severity</c>, <c>fires</c> or <c>resolves</c>.</param>
/// <param name="Text">The clause, the event's name, the severity, how it resolves.</param>
/// <param name="NeedsFalse">Whether its not happening is a branch of its own.</param>
public sealed record CoveragePoint(string Rule, string Kind, string Text, SourceSpan Span, bool NeedsFalse)
{
    /// <summary>How often it was seen to hold.</summary>
    public long True { get; internal set; }

    /// <summary>How often it was seen not to.</summary>
    public long False { get; internal set; }

    public bool Covered => True > 0 && (False > 0 || !NeedsFalse);
}
