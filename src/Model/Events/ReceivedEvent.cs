namespace Qualm.Model;

/// <summary>An event on its way from a source to the sequencer.</summary>
/// <param name="Id">Deterministic identity; an event whose id is already recorded is dropped, not recorded again.</param>
/// <param name="Ordinal">Place among the events of its origin, from 1.</param>
/// <param name="ResumeAt">
/// For sources that can be read again: the byte offset behind this event, stored with the turn that records it. Null for sockets.
/// </param>
public sealed record ReceivedEvent(QmpEvent Event, EventOrigin Origin, Guid Id, long Ordinal, long? ResumeAt = null);
