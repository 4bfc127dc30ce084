using Qualm.Store.Embedded;

namespace Qualm.Store.Tests;

/// <summary>One private server and one reached by connection string, for all tests. Each test has a schema of its own.</summary>
public sealed class Servers : IAsyncLifetime
{
    private static int Folders;
    private static int Schemas;

    private readonly List<string> _made = [];
    private readonly List<EmbeddedPostgres> _running = [];
    private string _private = "";
    private string _external = "";

    /// <summary>A short path: a unix socket's is limited.</summary>
    public static string NewFolder() => $"/tmp/qst-{Environment.ProcessId}-{Interlocked.Increment(ref Folders)}";

    public static string NewSchema() => $"t{Environment.ProcessId}_{Interlocked.Increment(ref Schemas)}";

    public async Task InitializeAsync()
    {
        if (StoreFactAttribute.IsMissing) return;
        _private = NewFolder();
        await StartAsync(_private);
        _external = Environment.GetEnvironmentVariable("QUALM_TEST_STORE") is { Length: > 0 } given ? given : (await StartAsync(NewFolder())).ConnectionString;
    }

    public StoreLocation Locate(ServerKind kind, string schema) =>
        kind == ServerKind.Private ? new StoreLocation.Private(_private, schema) : new StoreLocation.External(_external, schema);

    public async Task DisposeAsync()
    {
        foreach (var server in _running) await server.DisposeAsync();
        foreach (var folder in _made) Directory.Delete(folder, recursive: true);
    }

    private async Task<EmbeddedPostgres> StartAsync(string folder)
    {
        _made.Add(folder);
        var server = await EmbeddedPostgres.StartAsync(folder, TimeProvider.System, CancellationToken.None);
        _running.Add(server);
        return server;
    }
}

[CollectionDefinition("store")]
public sealed class StoreCollection : ICollectionFixture<Servers>;
