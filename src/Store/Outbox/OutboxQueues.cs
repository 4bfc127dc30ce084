using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Outbox;

/// <summary>
/// The pending messages by receiver and alert, for one worker that looks at a whole queue before it sends. Messages of one
/// receiver and alert are in order; those of others do not wait for them. Times come from the caller.
/// </summary>
public sealed class OutboxQueues(StoreHost host)
{
    /// <summary>Messages of one queue that are handed out at a time.</summary>
    private const int QueueDepth = 32;

    private string Table => host.Tables.Own("outbox");

    /// <summary>
    /// The queues of a receiver whose oldest message is due, those due longest first. Changes nothing. One that was never postponed is due whatever
    /// the time: it was decided by the log's clock, which the caller's may be far behind.
    /// </summary>
    /// <param name="max">Queues.</param>
    /// <returns>Messages in queues, oldest first; neighbours of one alert are one queue.</returns>
    public async Task<IReadOnlyList<OutboxMessage>> FindDueAsync(string receiver, Instant now, int max, CancellationToken cancellationToken)
    {
        var sql = $"""
            with heads as (
                select distinct on (alert_id) alert_id, id, created, next_attempt from {Table}
                where status = 'pending' and receiver = $1 order by alert_id, id),
            due as (select * from heads where next_attempt <= $2 or next_attempt = created order by next_attempt, id limit $3)
            select {OutboxRows.Columns}
            from due cross join lateral (
                select * from {Table} q where q.status = 'pending' and q.receiver = $1 and q.alert_id = due.alert_id order by q.id limit {QueueDepth}) o
            order by due.next_attempt, due.id, o.id
            """;
        return await OutboxRows.ReadAsync(host, sql, [TurnSql.Of(StoredText.Clean(receiver)), Time(now), TurnSql.Of(max)], cancellationToken);
    }

    /// <summary>Everything that was postponed for a receiver is due at once.</summary>
    public Task ReleaseAsync(string receiver, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set next_attempt = created where status = 'pending' and receiver = $1 and next_attempt <> created",
        "releasing what was postponed",
        [TurnSql.Of(StoredText.Clean(receiver))],
        cancellationToken);

    /// <summary>Counts an attempt, before it is made: after a crash nobody takes the messages for never attempted.</summary>
    public Task BeginAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set attempts = attempts + 1 where id = any($1) and status = 'pending'",
        "noting an attempt",
        [TurnSql.Of(ids.ToArray())],
        cancellationToken);

    public Task CompleteAsync(IReadOnlyList<long> ids, Instant at, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'delivered', settled = $2, last_error = null where id = any($1) and status = 'pending'",
        "noting a delivery",
        [TurnSql.Of(ids.ToArray()), Time(at)],
        cancellationToken);

    public Task PostponeAsync(IReadOnlyList<long> ids, Instant until, string why, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set next_attempt = $2, last_error = $3 where id = any($1) and status = 'pending'",
        "noting a failed delivery",
        [TurnSql.Of(ids.ToArray()), Time(until), TurnSql.Of(StoredText.Clean(why))],
        cancellationToken);

    public Task BuryAsync(IReadOnlyList<long> ids, Instant at, string why, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"update {Table} set status = 'dead', settled = $2, last_error = $3 where id = any($1) and status = 'pending'",
        "giving deliveries up",
        [TurnSql.Of(ids.ToArray()), Time(at), TurnSql.Of(StoredText.Clean(why))],
        cancellationToken);

    private static NpgsqlParameter Time(Instant time) => TurnSql.Of(PgTime.ToParameter(time));
}
