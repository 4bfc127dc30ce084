using System.Runtime.CompilerServices;
using Npgsql;

namespace Qualm.Store;

/// <summary>Short statements, with faults translated.</summary>
internal static class StoreQueries
{
    internal static async Task<NpgsqlConnection> ConnectAsync(this StoreHost host, string doing, CancellationToken cancellationToken)
    {
        try
        {
            return await host.Source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Faults.Translate(fault, doing);
        }
    }

    internal static async Task<T> ScalarAsync<T>(this StoreHost host, string sql, string doing, CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(sql, doing, [], cancellationToken)) return row.GetFieldValue<T>(0);
        throw new StoreUnavailableException($"{doing}: no answer", isTransient: false);
    }

    internal static async Task<int> ExecuteAsync(this StoreHost host, string sql, string doing, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = host.Source.CreateCommand(sql);
            command.Parameters.AddRange(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Faults.Translate(fault, doing);
        }
    }

    /// <summary>The reader on each row in turn.</summary>
    internal static async IAsyncEnumerable<NpgsqlDataReader> QueryAsync(
        this StoreHost host, string sql, string doing, NpgsqlParameter[] parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = host.Source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var rows = await Guarded(() => command.ExecuteReaderAsync(cancellationToken), doing);
        while (await Guarded(() => rows.ReadAsync(cancellationToken), doing)) yield return rows;
    }

    internal static bool IsFault(Exception fault) => fault is NpgsqlException or IOException or TimeoutException or ObjectDisposedException;

    private static async Task<T> Guarded<T>(Func<Task<T>> step, string doing)
    {
        try
        {
            return await step();
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Faults.Translate(fault, doing);
        }
    }
}
