using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>The lock that makes one connection the only writer of a schema. It ends with the connection, on the server's side, after its last transaction.</summary>
internal static class WriterLock
{
    /// <summary>Held by the writer as long as it is one. Its number sets our locks apart from other applications'.</summary>
    internal const int Main = 0x514C_4D01;

    /// <summary>Held by the writer's second connection, so that one can wait for the end of its last transaction too.</summary>
    internal const int Second = 0x514C_4D03;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    internal static async Task TakeAsync(
        NpgsqlConnection connection, int key, TableNames tables, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken, int? oldBackend = null)
    {
        var since = time.GetTimestamp();
        while (!await TryTakeAsync(connection, key, tables, cancellationToken))
        {
            var (holder, name) = await FindHolderAsync(connection, key, tables, cancellationToken);
            if (holder is { } pid && pid == oldBackend) await TerminateAsync(connection, pid, cancellationToken);
            else if (time.GetElapsedTime(since) >= patience)
                throw new WriterBusyException(
                    $"another engine writes to schema {tables.Schema}: '{name}', backend {holder?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}; stop it first", holder, name);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>
    /// Has the server look soon whether we are still there: the session of a host that lost power would hold the lock for hours. Nothing to do on a
    /// unix socket, whose end the server sees at once; a pooler in between may not let us, and answers for its clients itself.
    /// </summary>
    internal static async Task HaveClientWatchedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Host is not { Length: > 0 } host || host[0] is '/' or '@') return;
        try
        {
            await using var watch = new NpgsqlCommand(
                "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = 10000", connection);
            await watch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException)
        {
            // Then the lease alone tells, and whoever takes over ends the session.
        }
    }

    internal static async Task ReleaseAsync(NpgsqlConnection connection)
    {
        await using var release = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
        await release.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until the writer that was before has come to the end of what its second connection did.</summary>
    internal static async Task PassSecondAsync(
        NpgsqlConnection connection, TableNames tables, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken, int? oldBackend = null)
    {
        await TakeAsync(connection, Second, tables, patience, time, cancellationToken, oldBackend);
        await using var release = new NpgsqlCommand($"select pg_advisory_unlock({Key(Second, tables)})", connection);
        await release.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Key(int key, TableNames tables) => $"{key}, '{tables.Schema}'::regnamespace::oid::int";

    private static async Task<bool> TryTakeAsync(NpgsqlConnection connection, int key, TableNames tables, CancellationToken cancellationToken)
    {
        await using var take = new NpgsqlCommand($"select pg_try_advisory_lock({Key(key, tables)})", connection);
        return await take.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<(int? Pid, string Name)> FindHolderAsync(NpgsqlConnection connection, int key, TableNames tables, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(
            $"""
            select l.pid, coalesce(a.application_name, '') from pg_locks l left join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.granted and l.classid = {key}::oid and l.objid = '{tables.Schema}'::regnamespace::oid and l.objsubid = 2
            and l.database = (select oid from pg_database where datname = current_database())
            """,
            connection);
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt32(0), row.GetString(1)) : (null, "");
    }

    /// <summary>Our own connection that broke: its backend may still wait for a client that has gone.</summary>
    private static async Task TerminateAsync(NpgsqlConnection connection, int pid, CancellationToken cancellationToken)
    {
        await using var terminate = new NpgsqlCommand("select pg_terminate_backend($1)", connection);
        terminate.Parameters.Add(TurnSql.Of(pid));
        await terminate.ExecuteNonQueryAsync(cancellationToken);
    }
}
