using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>Somebody's PostgreSQL, reached over a line that can be cut. Nobody but the tests brings it up again.</summary>
internal sealed class ExternalGround : Ground
{
    private readonly PostgresCluster _cluster;

    private ExternalGround(PostgresCluster cluster, DatabaseLine line, string direct) => (_cluster, Line, Direct) = (cluster, line, direct);

    public override string Store => Direct.Replace(_cluster.Data, Line.Folder, StringComparison.Ordinal);

    public override string Direct { get; }

    public override DatabaseLine Line { get; }

    protected override string Folder => _cluster.Data;

    public static async Task<ExternalGround> MakeAsync()
    {
        // A path of a unix socket must be short.
        var folder = Directory.CreateTempSubdirectory("ql-").FullName;
        var cluster = new PostgresCluster();
        await cluster.InitializeAsync();
        return new ExternalGround(cluster, new DatabaseLine(folder, Path.Combine(cluster.Data, DatabaseLine.Socket)), await cluster.CreateAsync());
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
        await Line.DisposeAsync();
        _cluster.Dispose();
        Directory.Delete(Line.Folder, recursive: true);
    }

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
