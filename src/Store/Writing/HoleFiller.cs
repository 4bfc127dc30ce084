using Npgsql;
using Qualm.Store.Chain;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Fills the numbers that were drawn by somebody who is gone, so that no reader of the log waits for them.</summary>
internal sealed class HoleFiller(TableNames tables, TurnSql sql, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Applications may draw a number just before the transaction that uses it.</summary>
    private static readonly TimeSpan ForeignGrace = TimeSpan.FromMilliseconds(250);

    /// <summary>Fills the holes above <paramref name="after"/>, waiting for appends of others that are under way.</summary>
    /// <param name="keep">Numbers drawn that will still be used.</param>
    /// <param name="upTo">The last number to look at; null for all that were drawn.</param>
    /// <returns>How many were filled; null when others' appends stayed open for too long and nothing was touched.</returns>
    internal async Task<int?> FillAsync(NpgsqlConnection connection, long after, long[] keep, TimeSpan patience, CancellationToken cancellationToken, long? upTo = null)
    {
        var since = time.GetTimestamp();
        var graced = false;
        while (true)
        {
            var last = upTo ?? await LastDrawnAsync(connection, cancellationToken);
            if (last <= after || (await FindAsync(connection, after, last, keep, cancellationToken)).Length == 0) return 0;
            if (!graced && await ScalarAsync<bool>(connection, OthersConnected, cancellationToken)) await Task.Delay(ForeignGrace, time, cancellationToken);
            graced = true;
            if (await TryFillAsync(connection, after, last, keep, cancellationToken) is { } filled) return filled;
            if (time.GetElapsedTime(since) > patience) return null;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>The highest number drawn.</summary>
    internal Task<long> LastDrawnAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ScalarAsync<long>(connection, $"select case when is_called then last_value else last_value - 1 end from {tables.Sequence}", cancellationToken);

    private const string OthersConnected =
        "select exists (select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name not like 'qualm%')";

    /// <summary>Whoever has drawn a number in a transaction holds a lock on the sequence until its end.</summary>
    private string OthersDrawing =>
        $"""
        select exists (select from pg_locks where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
        and relation = '{tables.Sequence}'::regclass and mode = 'RowExclusiveLock' and granted and pid <> pg_backend_pid())
        """;

    private async Task<int?> TryFillAsync(NpgsqlConnection connection, long after, long last, long[] keep, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var settings = new NpgsqlCommand("set local lock_timeout = '500ms'", connection)) await settings.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            await using var stop = new NpgsqlCommand($"lock table {tables.Events} in share row exclusive mode", connection);
            await stop.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return null;
        }

        if (await ScalarAsync<bool>(connection, OthersDrawing, cancellationToken)) return null;
        var holes = await FindAsync(connection, after, last, keep, cancellationToken);
        if (holes.Length > 0)
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { sql.Link(LinkKinds.Fill, LinkRows.None, holes, PgTime.Now(time)) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return holes.Length;
    }

    private async Task<long[]> FindAsync(NpgsqlConnection connection, long after, long last, long[] keep, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            $"""
            select coalesce(array_agg(n order by n), array[]::bigint[]) from generate_series($1 + 1, $2) n
            where not exists (select from {tables.Events} e where e.seq_id = n) and n <> all($3)
            """,
            connection);
        find.Parameters.Add(TurnSql.Of(after));
        find.Parameters.Add(TurnSql.Of(last));
        find.Parameters.Add(TurnSql.Of(keep));
        return await find.ExecuteScalarAsync(cancellationToken) as long[] ?? [];
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
