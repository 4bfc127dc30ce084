namespace Qualm.Store.Outbox;

/// <summary>How many messages of the outbox are in which state.</summary>
public sealed record OutboxCounts(long Pending, long Delivered, long Dead);
