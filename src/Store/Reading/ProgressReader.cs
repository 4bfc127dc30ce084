using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>How far the engine and its sources have come, without taking the store over.</summary>
public sealed class ProgressReader(StoreHost host)
{
    public async Task<Progress> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await host.ConnectAsync("reading the progress", cancellationToken);
        try
        {
            return await StoredProgress.ReadAsync(connection, host.Tables, cancellationToken);
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, "reading the progress");
        }
    }

    /// <summary>Where every source is to be resumed, by its name.</summary>
    public async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> ReadSourcesAsync(CancellationToken cancellationToken)
    {
        var sources = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        await foreach (var row in host.QueryAsync($"select name, token from {host.Tables.Own("source")}", "reading the sources", [], cancellationToken))
            sources[row.GetString(0)] = row.GetFieldValue<byte[]>(1);
        return sources;
    }
}
