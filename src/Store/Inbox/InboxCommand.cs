namespace Qualm.Store.Inbox;

/// <summary>A command left for the running engine by another process.</summary>
/// <param name="Id">Ascending in the order of posting.</param>
/// <param name="Kind">What to do, e.g. <c>ack</c>.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record InboxCommand(long Id, string Kind, ReadOnlyMemory<byte> Body);
