using Qualm.Model;

namespace Qualm.Actions;

/// <summary>One message that a decision asks for, as it goes into the outbox in the turn's transaction.</summary>
/// <param name="Receiver">Who is to be told, by name.</param>
/// <param name="AlertId">See <see cref="Model.AlertId"/>; messages of one receiver and alert keep their order.</param>
/// <param name="Episode">The deduplication key of every message about it.</param>
/// <param name="DeliveryId">Identity of this message, the same at every attempt; 32 hex digits.</param>
/// <param name="Payload">UTF-8 JSON, see <see cref="DeliveryPayload"/>.</param>
public sealed record OutboxDraft(
    string Receiver,
    string AlertId,
    string Episode,
    TransitionKind Transition,
    string DeliveryId,
    ReadOnlyMemory<byte> Payload,
    Instant DecidedAt);
