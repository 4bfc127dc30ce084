using Qualm.Model;

namespace Qualm.Actions;

/// <summary>
/// The messages that decisions asked for and that are not yet delivered. Every method is durable when it returns, may
/// be called from any thread, and throws when the store is away; the worker then tries again.
/// </summary>
public interface IOutbox
{
    /// <summary>
    /// The queues of a receiver whose oldest message is due: neither delivered nor buried, and not postponed, since
    /// <see cref="ReleaseAsync"/>, beyond <paramref name="now"/>. Those due longest first, at most <paramref name="max"/>. Changes nothing.
    /// </summary>
    Task<IReadOnlyList<PendingQueue>> FindDueAsync(string receiver, Instant now, int max, CancellationToken cancellationToken);

    /// <summary>Everything that was postponed for a receiver is due at once: until when was told by a clock that may have been set since.</summary>
    Task ReleaseAsync(string receiver, CancellationToken cancellationToken);

    /// <summary>Counts an attempt for each of the entries, before it is made.</summary>
    Task BeginAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken);

    /// <summary>They were delivered and are done with.</summary>
    Task CompleteAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken);

    /// <summary>They were not, and are due again at <paramref name="until"/>.</summary>
    /// <param name="why">For people.</param>
    Task PostponeAsync(IReadOnlyList<long> entries, Instant until, string why, CancellationToken cancellationToken);

    /// <summary>They never will be: they go to the dead letters, from where they can be sent again.</summary>
    /// <param name="why">For people.</param>
    Task BuryAsync(IReadOnlyList<long> entries, Instant at, string why, CancellationToken cancellationToken);
}
