using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Ids of recorded events whose sources may send them again.</summary>
public sealed class KnownEvents(StoreHost host)
{
    /// <summary>Which of the ids are recorded already.</summary>
    public async Task<IReadOnlySet<Guid>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var known = new HashSet<Guid>();
        await foreach (var row in host.QueryAsync(
            $"select id from {host.Tables.Own("known")} where id = any($1)", "looking for known events", [TurnSql.Of(ids.ToArray())], cancellationToken))
            known.Add(row.GetGuid(0));
        return known;
    }
}
