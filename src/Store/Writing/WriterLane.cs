using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>One of the two connections that turns are written on, and the transaction open on it.</summary>
internal sealed class WriterLane(TableNames tables, NpgsqlConnection connection) : IAsyncDisposable
{
    private NpgsqlTransaction? _transaction;
    private OneRowCommand? _oneRow;

    internal NpgsqlConnection Connection => connection;

    internal EventCopy Copy { get; } = new(tables);

    /// <summary>Its process in PostgreSQL, even after it broke.</summary>
    internal int Backend { get; } = connection.ProcessID;

    internal bool IsOpen => connection.FullState == System.Data.ConnectionState.Open;

    internal async Task<OneRowCommand> PrepareOneRowAsync() => _oneRow ??= await OneRowCommand.PrepareAsync(connection, tables);

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
