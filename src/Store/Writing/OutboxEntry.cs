using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>One message to be delivered, written with the decision it tells of.</summary>
/// <param name="Receiver">Name of the receiver in the configuration.</param>
/// <param name="AlertId">Messages of one receiver and alert are delivered in order.</param>
/// <param name="Episode">The deduplication key.</param>
/// <param name="Transition">What it tells, e.g. <c>firing</c>.</param>
/// <param name="Payload">UTF-8 JSON.</param>
/// <param name="Created">Stamp of the decision; due at once.</param>
public readonly record struct OutboxEntry(
    string Receiver, string AlertId, string Episode, string Transition, ReadOnlyMemory<byte> Payload, Instant Created);
