using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>One of the two connections that turns are written on, and the transaction open on it.</summary>
internal sealed class WriterLane(TableNames tables, NpgsqlConnection connection) : IAsyncDisposable
{
    private NpgsqlTransaction? _transaction;
    private OneRowCommand? _oneRow;
    private FewRowsCommand? _fewRows;

    internal NpgsqlConnection Connection => connection;

    internal EventCopy Copy { get; } = new(tables);

    /// <summary>Its process in PostgreSQL, even after it broke.</summary>
    internal int Backend { get; } = connection.ProcessID;

    internal bool IsOpen => connection.FullState == System.Data.ConnectionState.Open;

    internal async Task<OneRowCommand> PrepareOneRowAsync() => _oneRow ??= await OneRowCommand.PrepareAsync(connection, tables);

    internal async Task<FewRowsCommand> PrepareFewRowsAsync() => _fewRows ??= await FewRowsCommand.PrepareAsync(connection, tables);

    /// <summary>
    /// Has the server keep to the plans it has made. It would make new ones for small arrays and for series of a length that it is told, which costs more than
    /// what they do.
    /// </summary>
    internal static async Task SetUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var set = new NpgsqlCommand("set plan_cache_mode = force_generic_plan", connection);
        await set.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task BeginAsync() => _transaction = await connection.BeginTransactionAsync(CancellationToken.None);

    /// <summary>Adds the commit to the statements that end a transaction: it costs no round trip of its own.</summary>
    internal static void AddCommit(NpgsqlBatch batch) => batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));

    internal async Task EndAsync()
    {
        if (_transaction is null) return;
        await _transaction.DisposeAsync();
        _transaction = null;
    }

    /// <summary>Takes back what was not committed. A connection that broke has seen to that itself.</summary>
    internal async Task RollbackAsync()
    {
        try
        {
            await EndAsync();
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault) || fault is InvalidOperationException)
        {
            _transaction = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RollbackAsync();
        if (_oneRow is not null) await _oneRow.DisposeAsync();
        if (_fewRows is not null) await _fewRows.DisposeAsync();
        try
        {
            // Back in the pool, the connection would keep its lock until it is used again.
            if (IsOpen) await WriterLock.ReleaseAsync(connection);
        }
        catch (Exception gone) when (StoreQueries.IsFault(gone))
        {
            // The lock ends with the connection.
        }

        await connection.DisposeAsync();
    }
}
