using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>When an event of foreign history happened and when it counts as received.</summary>
/// <param name="At">Event time; that of the event before where it has none of its own.</param>
/// <param name="Stamp">The clock: the highest event time so far. Never decreases.</param>
/// <param name="HadNone">The event gave no time, or one that nothing confirmed.</param>
public readonly record struct HistoryTime(Instant At, Instant Stamp, bool HadNone);
