namespace Qualm.Rules.Testing;

/// <summary>One event of a test.</summary>
/// <param name="Offset">Of its event time from the start.</param>
/// <param name="Event">QAPI name.</param>
/// <param name="Data">JSON of an object; empty when the event has none. Null for a <c>STATE_RESYNCED</c> that finds everything as it was.</param>
public sealed record RuleTestInput(TimeSpan Offset, string Vm, string Event, string? Data, SourceSpan Span);
