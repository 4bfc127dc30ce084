using Qualm.Model;

namespace Qualm.Store.Outbox;

/// <summary>A message of the outbox.</summary>
/// <param name="Id">Ascending in the order of decision.</param>
/// <param name="Episode">The deduplication key.</param>
/// <param name="Payload">UTF-8 JSON, byte for byte as it was written.</param>
/// <param name="Attempts">Deliveries begun.</param>
/// <param name="LastError">What the last attempt met; null when none failed.</param>
/// <param name="NextAttempt">When it is due, or was.</param>
public sealed record OutboxMessage(
    long Id,
    string Receiver,
    string AlertId,
    string Episode,
    string Transition,
    ReadOnlyMemory<byte> Payload,
    Instant Created,
    int Attempts,
    string? LastError,
    Instant NextAttempt);
