using Npgsql;
using Qualm.Model;

namespace Qualm.Store.Writing;

/// <summary>The row in which a leader gives signs of life, beside its turns, which may wait for something. The epoch fences, not the lease: it only tells when to take over.</summary>
public sealed class LeaseStore(StoreHost host)
{
    /// <summary>How long the database may take for one of its statements, in seconds.</summary>
    private const int Timeout = 5;

    /// <returns>Null before the first leader that has one.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<LeaseState?> ReadAsync(CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(
            $"select epoch, holder, renewals, since, released from {host.Tables.Own("lease")} where cell = 0", "asking who leads", [], cancellationToken))
            return new LeaseState(row.GetInt64(0), row.GetString(1), row.GetInt64(2), Instant.From(row.GetFieldValue<DateTimeOffset>(3)), row.GetBoolean(4));
        return null;
    }

    /// <summary>Begins the lease of a new leader.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public Task BeginAsync(long epoch, string holder, CancellationToken cancellationToken) => RunAsync(
        $"""
        insert into {host.Tables.Own("lease")} as l (cell, epoch, holder) values (0, $1, $2)
        on conflict (cell) do update set epoch = excluded.epoch, holder = excluded.holder, renewals = 0, since = now(), renewed = now(), released = false
        where l.epoch <= excluded.epoch
        """,
        cancellationToken,
        TurnSql.Of(epoch), TurnSql.Of(StoredText.Clean(holder)));

    /// <summary>Gives a sign of life.</summary>
    /// <returns>False when another leads by now.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<bool> RenewAsync(long epoch, CancellationToken cancellationToken) =>
        await RunAsync($"update {host.Tables.Own("lease")} set renewals = renewals + 1, renewed = now() where cell = 0 and epoch = $1", cancellationToken, TurnSql.Of(epoch)) > 0;

    /// <summary>Ends the lease, so that nobody waits for a sign.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public Task ReleaseAsync(long epoch, CancellationToken cancellationToken) =>
        RunAsync($"update {host.Tables.Own("lease")} set released = true where cell = 0 and epoch = $1", cancellationToken, TurnSql.Of(epoch));

    /// <summary>Ends the connections of a leader that gives no sign of life: the server may keep them for hours when its host has lost power.</summary>
    /// <param name="epoch">Of that leader: the connections of one that has taken over since are left alone.</param>
    /// <returns>How many held its locks and were ended.</returns>
    /// <exception cref="StoreUnavailableException">The database is away, or we may not end them.</exception>
    public async Task<int> EndHolderAsync(long epoch, CancellationToken cancellationToken)
    {
        var ended = 0;
        await foreach (var row in host.QueryAsync(
            $"""
            select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and classid in ({WriterLock.Main}::oid, {WriterLock.Second}::oid)
            and objid = '{host.Tables.Schema}'::regnamespace::oid and objsubid = 2 and database = (select oid from pg_database where datname = current_database())
            and exists (select from {host.Tables.Own("progress")} where epoch = $1)
            """,
            "ending the connections of the engine that led",
            [TurnSql.Of(epoch)],
            cancellationToken))
        {
            if (row.GetBoolean(0)) ended++;
        }

        return ended;
    }

    // Nobody waits for the disk: a sign of life that a crash forgets is given again.
    private async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        try
        {
            await using var connection = await host.Source.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection) { Timeout = Timeout };
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"));
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in parameters) command.Parameters.Add(parameter);
            batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return (int)command.RecordsAffected;
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, "renewing the lease");
        }
    }
}
