using Qualm.Acceptance.Tests.Support;
using Qualm.Store.Embedded;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>The PostgreSQL that the engine starts itself, on a small disk where the tests may mount one.</summary>
internal sealed class PrivateGround(string data, SmallDisk? disk) : Ground
{
    public override string Direct => $"Host={data}/run;Port=5432;Database=qualm;Username=qualm";

    public override SmallDisk? Disk => disk;

    protected override string Folder => Path.Combine(data, "pg");

    public override Task StopAsync()
    {
        string[] stop = [Path.Combine(Prerequisites.PostgresFolder!, "pg_ctl"), "stop", "-m", "immediate", "-D", Folder];
        return RunAsync(Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. stop] : stop);
    }

    public override Task ReviveAsync() => Task.CompletedTask;

    public override async Task<IAsyncDisposable> HoldAsync() => await EmbeddedPostgres.StartAsync(data, TimeProvider.System, CancellationToken.None);

    public override ValueTask DisposeAsync()
    {
        disk?.Dispose();
        return ValueTask.CompletedTask;
    }
}
