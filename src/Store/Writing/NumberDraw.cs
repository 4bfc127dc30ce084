using System.Globalization;
using Npgsql;

namespace Qualm.Store.Writing;

/// <summary>Draws numbers from the sequence of events, over a connection of its own so that it waits for no turn. One call at a time.</summary>
/// <param name="epoch">Whose numbers they are. Once it is over there are none: nobody would use or fill them.</param>
internal sealed class NumberDraw(StoreHost host, long epoch) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _one;
    private NpgsqlCommand? _many;
    private NpgsqlParameter<int>? _count;

    /// <exception cref="FencedException">Another engine has taken over.</exception>
    internal async Task<long[]> DrawAsync(int count, CancellationToken cancellationToken)
    {
        if (_connection is null) await OpenAsync(cancellationToken);
        if (count == 1) return [await _one!.ExecuteScalarAsync(CancellationToken.None) as long? ?? throw Over()];
        _count!.TypedValue = count;
        return await _many!.ExecuteScalarAsync(CancellationToken.None) as long[] ?? throw Over();
    }

    public async ValueTask DisposeAsync()
    {
        if (_one is not null) await _one.DisposeAsync();
        if (_many is not null) await _many.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
        (_connection, _one, _many) = (null, null, null);
    }

    private FencedException Over() => new($"epoch {epoch} is over: another engine has taken over this store");

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await host.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            // Every 32nd number is logged, and would be waited for until it is on the disk. Nobody need wait: whatever uses a number is
            // committed after it, and takes it to the disk along; what a crash forgets was used by nobody.
            await using (var relax = new NpgsqlCommand("set synchronous_commit = off", connection)) await relax.ExecuteNonQueryAsync(cancellationToken);
            await WriterLane.SetUpAsync(connection, cancellationToken);
            var mine = $"where exists (select from {host.Tables.Own("progress")} where cell = 0 and epoch = {epoch.ToString(CultureInfo.InvariantCulture)})";
            _one = new NpgsqlCommand($"select nextval('{host.Tables.Sequence}') {mine}", connection);
            _count = new NpgsqlParameter<int>();
            _many = new NpgsqlCommand($"select array(select nextval('{host.Tables.Sequence}') from generate_series(1, $1)) {mine}", connection) { Parameters = { _count } };
            await _one.PrepareAsync(cancellationToken);
            await _many.PrepareAsync(cancellationToken);
            _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
