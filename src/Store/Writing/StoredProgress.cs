using Npgsql;
using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>The progress row.</summary>
internal static class StoredProgress
{
    private const string Columns = "epoch, turn, position, clock, digest";

    internal static async Task<Progress> BeginEpochAsync(NpgsqlConnection connection, TableNames tables, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var progress = await OneAsync(
            connection, $"update {tables.Own("progress")} set epoch = epoch + 1, updated = now() where cell = 0 returning {Columns}", cancellationToken);
        await using var link = new NpgsqlBatch(connection) { BatchCommands = { new TurnSql(tables).Link(LinkKinds.Epoch, LinkRows.None, [], DateTime.UnixEpoch) } };
        await link.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return progress;
    }

    internal static Task<Progress> ReadAsync(NpgsqlConnection connection, TableNames tables, CancellationToken cancellationToken) =>
        OneAsync(connection, $"select {Columns} from {tables.Own("progress")} where cell = 0", cancellationToken);

    private static async Task<Progress> OneAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) throw new StoreUnavailableException("the progress row is missing: the store is damaged", isTransient: false);
        return new Progress(row.GetInt64(0), row.GetInt64(1), new Position(row.GetInt64(2)), new Instant(row.GetInt64(3)), row.GetFieldValue<byte[]>(4));
    }
}
