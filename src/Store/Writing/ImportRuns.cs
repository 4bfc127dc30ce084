using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Imports under way, noted so that the numbers of one that was killed can be found. A run holds a shared lock as long as it lives.</summary>
internal static class ImportRuns
{
    private const int Class = 0x514C_4D02;

    internal static async Task BeginAsync(NpgsqlConnection connection, TableNames tables, Guid id, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_advisory_lock_shared({Class}, '{tables.Schema}'::regnamespace::oid::int)"));
        batch.BatchCommands.Add(TurnSql.Command($"insert into {tables.Own("import_run")} (id, start) select $1, last_value - 1 from {tables.Sequence}", TurnSql.Of(id)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static async Task EndAsync(NpgsqlConnection connection, TableNames tables, Guid id)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(TurnSql.Command($"delete from {tables.Own("import_run")} where id = $1", TurnSql.Of(id)));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_unlock_all()"));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Where to look for holes from: <paramref name="position"/>, or the start of a run before it that was noted and not ended.</summary>
    internal static async Task<long> StartOfDeadAsync(NpgsqlConnection connection, TableNames tables, long position, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand($"select least($1, min(start)) from {tables.Own("import_run")}", connection);
        find.Parameters.Add(TurnSql.Of(position));
        return await find.ExecuteScalarAsync(cancellationToken) is long start ? start : position;
    }

    /// <summary>Forgets them when no run lives; else at the next start.</summary>
    internal static async Task ForgetDeadAsync(NpgsqlConnection connection, TableNames tables, CancellationToken cancellationToken)
    {
        var key = $"{Class}, '{tables.Schema}'::regnamespace::oid::int";
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var forget = new NpgsqlCommand($"delete from {tables.Own("import_run")} where pg_try_advisory_xact_lock({key})", connection);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
