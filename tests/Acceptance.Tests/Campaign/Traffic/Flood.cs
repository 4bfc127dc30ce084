namespace Qualm.Acceptance.Tests.Campaign.Traffic;

/// <summary>Equal events that a machine sent as fast as it could, under a number of their own.</summary>
/// <param name="Connection">Which of its connections.</param>
/// <param name="After">Place of the event before them.</param>
/// <param name="Sent">How many were written; of a connection that was lost meanwhile, at most one write more.</param>
/// <param name="Number">In what it says, as <c>x-flood</c>.</param>
internal sealed record Flood(int Connection, int After, int Sent, int Number);
