using Npgsql;
using Qualm.Store;
using Qualm.Store.Schema;

namespace Qualm.Bench.Storing;

/// <summary>A private PostgreSQL with fsync on, in a folder of its own that goes with it; beside the store's tables the same ones again, empty, for the limits.</summary>
internal sealed class BenchStore : IAsyncDisposable
{
    private readonly string _folder;

    private BenchStore(string folder, StoreHost host, TableNames limits) => (_folder, Host, Limits) = (folder, host, limits);

    public StoreHost Host { get; }

    /// <summary>Written to by the limits only.</summary>
    public TableNames Limits { get; }

    /// <summary>A folder for sockets.</summary>
    public string Folder => _folder;

    public static async Task<BenchStore> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("qualm-bench-").FullName;
        const UnixFileMode Others = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | Others);
        var host = await StoreHost.OpenAsync(new StoreLocation.Private(Path.Combine(folder, "data")), TimeProvider.System, CancellationToken.None);
        var limits = new TableNames("limits");
        await StoreSchema.EnsureAsync(host.Source, limits, CancellationToken.None);
        return new BenchStore(folder, host, limits);
    }

    /// <summary>Makes the streams that the limits' rows belong to.</summary>
    public async Task MakeStreamsAsync(IEnumerable<string> streams)
    {
        await using var command = Host.Source.CreateCommand($"insert into {Limits.Streams} (id, version) select distinct s, 0 from unnest($1::text[]) s on conflict do nothing");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. streams] });
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
