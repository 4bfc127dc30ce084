using Qualm.Model;

namespace Qualm.Actions;

/// <summary>A message that waits in the outbox.</summary>
/// <param name="Id">Ascending in the order of decision.</param>
/// <param name="Attempts">Attempts begun so far. One begun and not recorded as ended has an unknown outcome.</param>
public sealed record OutboxEntry(
    long Id,
    string Receiver,
    string AlertId,
    string Episode,
    TransitionKind Transition,
    string DeliveryId,
    ReadOnlyMemory<byte> Payload,
    Instant DecidedAt,
    int Attempts);
