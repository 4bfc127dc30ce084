using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Somebody's PostgreSQL, reached by each host over a line that can be cut. Nobody but the tests brings it up again.</summary>
internal sealed class ExternalGround : Ground
{
    private readonly PostgresCluster _cluster;

    private ExternalGround(PostgresCluster cluster, IReadOnlyList<DatabaseLine> lines, string direct) => (_cluster, Lines, Direct) = (cluster, lines, direct);

    public override IReadOnlyList<string> Stores => [.. Lines.Select(line => Direct.Replace(_cluster.Data, line.Folder, StringComparison.Ordinal))];

    public override string Direct { get; }

    public override IReadOnlyList<DatabaseLine> Lines { get; }

    protected override string Folder => _cluster.Data;

    /// <param name="hosts">How many hosts reach it.</param>
    public static async Task<ExternalGround> MakeAsync(int hosts)
    {
        var cluster = new PostgresCluster();
        await cluster.InitializeAsync();
        return new ExternalGround(cluster, [.. Enumerable.Range(0, hosts).Select(_ => LineTo(cluster))], await cluster.CreateAsync());
    }

    public override Task StopAsync() => _cluster.StopAsync("immediate");

    public override async Task ReviveAsync()
    {
        // A killed postmaster's children keep its memory for a moment.
        await Wait.UntilAsync(
            async () =>
            {
                if (await IsUpAsync()) return true;
                try
                {
                    await _cluster.StartAsync();
                }
                catch (ShouldAssertException)
                {
                    return false;
                }

                return true;
            },
            "PostgreSQL is up again");
    }

    public override Task<IAsyncDisposable> HoldAsync() => Task.FromResult<IAsyncDisposable>(new Held());

    public override async ValueTask DisposeAsync()
    {
        foreach (var line in Lines) await line.DisposeAsync();
        _cluster.Dispose();
        foreach (var line in Lines) Directory.Delete(line.Folder, recursive: true);
    }

    // A path of a unix socket must be short.
    private static DatabaseLine LineTo(PostgresCluster cluster) =>
        new(Directory.CreateTempSubdirectory("ql-").FullName, Path.Combine(cluster.Data, DatabaseLine.Socket));

    private Task<bool> IsUpAsync() => Await.TryAsync(async () =>
    {
        await using var database = new Database(Direct);
        return await database.ScalarAsync<int>("select 1") == 1;
    });

    private sealed class Held : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
