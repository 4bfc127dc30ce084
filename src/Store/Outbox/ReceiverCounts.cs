namespace Qualm.Store.Outbox;

/// <summary>How many messages one receiver is owed, and how many to it were given up.</summary>
public sealed record ReceiverCounts(string Receiver, long Pending, long Dead);
