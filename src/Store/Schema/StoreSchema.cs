using Npgsql;
using Qualm.Store.Chain;
using Qualm.Store.Snapshots;

namespace Qualm.Store.Schema;

/// <summary>Makes the tables where they are missing. May run in several processes at once.</summary>
internal static class StoreSchema
{
    /// <summary>Any number that nobody else is likely to lock by.</summary>
    private const long Lock = 0x5155_414C_4D00_0001;

    /// <exception cref="StoreUnavailableException">A newer Qualm has changed the tables, or we may not make them.</exception>
    internal static async Task EnsureAsync(NpgsqlDataSource source, TableNames tables, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            if (await FindVersionAsync(connection, tables, cancellationToken) is { } found && IsCurrent(found, tables)) return;

            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, $"select pg_advisory_xact_lock({Lock})", cancellationToken);
            var old = await FindVersionAsync(connection, tables, cancellationToken);
            if (old is null || !IsCurrent(old.Value, tables))
            {
                var s = tables.Schema;
                await RunAsync(connection, "set local client_min_messages = warning", cancellationToken);
                for (var version = old ?? SchemaScript.Version; version < SchemaScript.Version; version++)
                    await RunAsync(connection, SchemaScript.Migrate(s, version), cancellationToken);
                await RunAsync(connection, $"create schema if not exists {s}", cancellationToken);
                await RunAsync(connection, SchemaScript.Marten(s), cancellationToken);
                await RunAsync(connection, SchemaScript.Own(s), cancellationToken);
                await RunAsync(connection, SnapshotTables.Script(s), cancellationToken);
                await RunAsync(connection, ChainScript.Tables(s), cancellationToken);
                await RunAsync(connection, ChainScript.Functions(s), cancellationToken);
                await RunAsync(connection, SchemaScript.Functions(s), cancellationToken);
                await RunAsync(connection, ChainScript.Begin(s), cancellationToken);
                await RunAsync(connection, $"insert into {s}.qualm_schema (version) values ({SchemaScript.Version})", cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            throw Faults.Translate(fault, $"making the tables in schema {tables.Schema}");
        }
    }

    private static bool IsCurrent(int found, TableNames tables) =>
        found <= SchemaScript.Version
            ? found == SchemaScript.Version
            : throw new StoreUnavailableException(
                $"schema {tables.Schema} has version {found}, this Qualm knows {SchemaScript.Version}: use the newer Qualm that made it", isTransient: false);

    private static async Task<int?> FindVersionAsync(NpgsqlConnection connection, TableNames tables, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select to_regclass($1) is not null", connection);
        exists.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{tables.Schema}.qualm_schema" });
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true) return null;
        await using var version = new NpgsqlCommand($"select max(version) from {tables.Own("schema")}", connection);
        return await version.ExecuteScalarAsync(cancellationToken) as int?;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
