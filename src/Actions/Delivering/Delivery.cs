using Qualm.Model;

namespace Qualm.Actions;

/// <summary>One attempt to tell a receiver something.</summary>
/// <param name="Id">The same at every attempt, see <see cref="OutboxDraft.DeliveryId"/>.</param>
/// <param name="DedupKey">The same for all messages about one episode.</param>
/// <param name="Attempt">From 1. Attempts whose outcome was lost in a crash count.</param>
/// <param name="Body">UTF-8 JSON, see <see cref="DeliveryPayload"/>.</param>
/// <param name="FiredAndResolved">Whether it tells of an episode that is over already.</param>
public sealed record Delivery(
    string Id, string DedupKey, TransitionKind Transition, int Attempt, ReadOnlyMemory<byte> Body, bool FiredAndResolved);
