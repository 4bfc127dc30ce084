using System.Text;
using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Outbox;

/// <summary>The messages to be delivered, as the delivery worker sees them. Times come from the caller.</summary>
/// <remarks>Messages of one receiver and alert are handed out one at a time, in order; those of others do not wait for them.</remarks>
public sealed class OutboxStore(StoreHost host)
{
    private const string Columns = "o.id, o.receiver, o.alert_id, o.episode, o.transition, o.payload::text, o.created, o.attempts, o.last_error, o.next_attempt";

    private string Table => host.Tables.Own("outbox");

    /// <summary>Hands out messages that are due. An attempt is counted before it is made: after a crash nobody takes it for never attempted.</summary>
    /// <param name="lease">How long nobody else gets them; a worker that dies in delivery is followed after this.</param>
    /// <returns>In the order of their ids.</returns>
    public async Task<IReadOnlyList<OutboxMessage>> ClaimAsync(Instant now, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            with due as (
                select p.id from {Table} p
                where p.status = 'pending' and p.next_attempt <= $1 and not exists (
                    select from {Table} e
                    where e.status = 'pending' and e.receiver = p.receiver and e.alert_id = p.alert_id and e.id < p.id)
                order by p.id limit $3 for update skip locked),
            claimed as (
                update {Table} o set attempts = o.attempts + 1, next_attempt = $2
                from due where o.id = due.id
                returning {Columns})
            select * from claimed order by id
            """;
        return await ReadAsync(sql, [Time(now), Time(now + lease), TurnSql.Of(limit)], cancellationToken);
    }

    /// <summary>Pending messages of one receiver and alert, in order. Those behind a claimed one have not been attempted since.</summary>
    public Task<IReadOnlyList<OutboxMessage>> FindPendingAsync(string receiver, string alertId, CancellationToken cancellationToken) => ReadAsync(
        $"select {Columns} from {Table} o where o.status = 'pending' and o.receiver = $1 and o.alert_id = $2 order by o.id",
        [TurnSql.Of(StoredText.Clean(receiver)), TurnSql.Of(StoredText.Clean(alertId))],
        cancellationToken);

    /// <summary>Settles messages as delivered. Several when they were sent as one.</summary>
    public Task MarkDeliveredAsync(IReadOnlyList<long> ids, Instant now, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'delivered', settled = $2, last_error = null where id = any($1) and status = 'pending'",
        "noting a delivery",
        [TurnSql.Of(ids.ToArray()), Time(now)],
        cancellationToken);

    /// <summary>Puts a message off after a failed attempt.</summary>
    public Task RetryAsync(long id, Instant next, string error, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set next_attempt = $2, last_error = $3 where id = $1 and status = 'pending'",
        "noting a failed delivery",
        [TurnSql.Of(id), Time(next), TurnSql.Of(StoredText.Clean(error))],
        cancellationToken);

    /// <summary>Gives a message up. What comes behind it is free to go.</summary>
    public Task MarkDeadAsync(long id, Instant now, string error, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'dead', settled = $2, last_error = $3 where id = $1 and status = 'pending'",
        "giving a delivery up",
        [TurnSql.Of(id), Time(now), TurnSql.Of(StoredText.Clean(error))],
        cancellationToken);

    /// <summary>Makes messages that were given up due again, attempts counted anew.</summary>
    /// <param name="ids">Null for all of them.</param>
    /// <returns>How many.</returns>
    public Task<int> RedriveAsync(IReadOnlyList<long>? ids, Instant now, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'pending', settled = null, attempts = 0, next_attempt = $1 where status = 'dead' and ($2::bigint[] is null or id = any($2))",
        "re-driving deliveries",
        [Time(now), new NpgsqlParameter<long[]?> { TypedValue = ids?.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bigint }],
        cancellationToken);

    /// <summary>What was given up, the newest first.</summary>
    public Task<IReadOnlyList<OutboxMessage>> ReadDeadAsync(int limit, CancellationToken cancellationToken) =>
        ReadAsync($"select {Columns} from {Table} o where o.status = 'dead' order by o.id desc limit $1", [TurnSql.Of(limit)], cancellationToken);

    /// <summary>When the next message is due, possibly in the past; null when nothing is pending.</summary>
    public async Task<Instant?> FindNextDueAsync(CancellationToken cancellationToken)
    {
        var sql = $"""
            select min(p.next_attempt) from {Table} p
            where p.status = 'pending' and not exists (
                select from {Table} e where e.status = 'pending' and e.receiver = p.receiver and e.alert_id = p.alert_id and e.id < p.id)
            """;
        await foreach (var row in host.QueryAsync(sql, "reading the outbox", [], cancellationToken))
            return row.IsDBNull(0) ? null : PgTime.FromColumn(row.GetDateTime(0));
        return null;
    }

    public async Task<OutboxCounts> CountAsync(CancellationToken cancellationToken)
    {
        var sql = $"""
            select count(*) filter (where status = 'pending'), count(*) filter (where status = 'delivered'), count(*) filter (where status = 'dead') from {Table}
            """;
        await foreach (var row in host.QueryAsync(sql, "counting the outbox", [], cancellationToken))
            return new OutboxCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        return new OutboxCounts(0, 0, 0);
    }

    private static NpgsqlParameter Time(Instant time) => TurnSql.Of(PgTime.ToParameter(time));

    private async Task<IReadOnlyList<OutboxMessage>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var messages = new List<OutboxMessage>();
        await foreach (var row in host.QueryAsync(sql, "reading the outbox", parameters, cancellationToken))
        {
            messages.Add(new OutboxMessage(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), Encoding.UTF8.GetBytes(row.GetString(5)),
                PgTime.FromColumn(row.GetDateTime(6)), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetString(8), PgTime.FromColumn(row.GetDateTime(9))));
        }

        return messages;
    }
}
