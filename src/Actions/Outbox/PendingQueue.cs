using System.Collections.Immutable;

namespace Qualm.Actions;

/// <summary>What waits for one receiver about one alert, oldest first, never empty.</summary>
/// <param name="Entries">All that waits, or the first of it; a resolve that is cut off is merely not sent together with its trigger.</param>
public sealed record PendingQueue(string Receiver, string AlertId, ImmutableArray<OutboxEntry> Entries);
