using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Outbox;

/// <summary>The outbox as its operator sees it: how it stands, and what was given up. <see cref="OutboxQueues"/> is the delivery worker's view. Times come from the caller.</summary>
public sealed class OutboxStore(StoreHost host)
{
    private string Table => host.Tables.Own("outbox");

    /// <summary>Makes messages that were given up due again, attempts counted anew.</summary>
    /// <param name="ids">Null for all of them.</param>
    /// <returns>How many.</returns>
    public Task<int> RedriveAsync(IReadOnlyList<long>? ids, Instant now, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'pending', settled = null, attempts = 0, next_attempt = $1 where status = 'dead' and ($2::bigint[] is null or id = any($2))",
        "re-driving deliveries",
        [Time(now), new NpgsqlParameter<long[]?> { TypedValue = ids?.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bigint }],
        cancellationToken);

    /// <summary>What was given up, the newest first.</summary>
    public Task<IReadOnlyList<OutboxMessage>> ReadDeadAsync(int limit, CancellationToken cancellationToken) => OutboxRows.ReadAsync(
        host, $"select {OutboxRows.Columns} from {Table} o where o.status = 'dead' order by o.id desc limit $1", [TurnSql.Of(limit)], cancellationToken);

    public async Task<OutboxCounts> CountAsync(CancellationToken cancellationToken)
    {
        var sql = $"""
            select count(*) filter (where status = 'pending'), count(*) filter (where status = 'delivered'), count(*) filter (where status = 'dead') from {Table}
            """;
        await foreach (var row in host.QueryAsync(sql, "counting the outbox", [], cancellationToken))
            return new OutboxCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        return new OutboxCounts(0, 0, 0);
    }

    /// <summary>What is owed and what was given up, by receiver. What was delivered is not looked at, so this is quick.</summary>
    public async Task<IReadOnlyList<ReceiverCounts>> CountOpenAsync(CancellationToken cancellationToken)
    {
        var sql = $"""
            select receiver, sum(pending)::bigint, sum(dead)::bigint from (
                select receiver, count(*) as pending, 0 as dead from {Table} where status = 'pending' group by receiver
                union all select receiver, 0, count(*) from {Table} where status = 'dead' group by receiver) o
            group by receiver order by receiver
            """;
        var counts = new List<ReceiverCounts>();
        await foreach (var row in host.QueryAsync(sql, "counting the outbox", [], cancellationToken)) counts.Add(new ReceiverCounts(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
        return counts;
    }

    private static NpgsqlParameter Time(Instant time) => TurnSql.Of(PgTime.ToParameter(time));
}
