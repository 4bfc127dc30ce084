using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>Who leads a store, by its own word. It counts on as long as it lives; a count that stands still says that it does not.</summary>
/// <param name="Epoch">Of the leader.</param>
/// <param name="Holder">What it calls itself.</param>
/// <param name="Renewals">Counts its signs of life.</param>
/// <param name="Since">When it began to lead, by the database's clock.</param>
/// <param name="Released">It has ended and said so.</param>
public sealed record LeaseState(long Epoch, string Holder, long Renewals, Instant Since, bool Released);
