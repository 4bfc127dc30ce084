using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Finds which events are on record already. There is no index by id: the part of the log that is asked is read.</summary>
public sealed class RecordedIds(StoreHost host)
{
    /// <param name="from">Position of the first event that is looked at.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<IReadOnlySet<Guid>> FindAsync(Guid[] ids, Position from, CancellationToken cancellationToken)
    {
        var found = new HashSet<Guid>();
        if (ids.Length == 0) return found;
        NpgsqlParameter[] parameters = [TurnSql.Of(from.Value), TurnSql.Of(ids)];
        await foreach (var row in host.QueryAsync(
            $"select id from {host.Tables.Events} where seq_id >= $1 and id = any($2)", "asking for recorded events", parameters, cancellationToken)) found.Add(row.GetGuid(0));
        return found;
    }
}
