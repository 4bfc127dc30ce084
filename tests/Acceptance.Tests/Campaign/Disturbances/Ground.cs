using System.Diagnostics;
using System.Globalization;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>The PostgreSQL of a round, as those see it who want it ill.</summary>
internal abstract class Ground : IAsyncDisposable
{
    /// <summary>How each engine is told to reach it, one for each; empty for its private one.</summary>
    public virtual IReadOnlyList<string> Stores => [];

    /// <summary>How the tests reach it, whatever stands between the engine and it.</summary>
    public abstract string Direct { get; }

    /// <summary>What lies between each of <see cref="Stores"/> and it.</summary>
    public virtual IReadOnlyList<DatabaseLine> Lines => [];

    /// <summary>A folder on a disk so small that it can be filled; null when there is none.</summary>
    public virtual SmallDisk? Disk => null;

    /// <summary>Folder of the cluster.</summary>
    protected abstract string Folder { get; }

    /// <summary>Kills the postmaster, and nobody else: what it leaves behind goes by itself.</summary>
    public Task KillPostmasterAsync()
    {
        try
        {
            var pid = File.ReadLines(Path.Combine(Folder, "postmaster.pid")).First();
            return RunAsync("kill", "-KILL", pid);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return Task.CompletedTask;
        }
    }

    /// <summary>Kills one of the server's processes that serve the engine; the postmaster then restarts all of them.</summary>
    /// <param name="gently">Ends the connection only, as an administrator would.</param>
    public Task KillBackendAsync(Dice dice, bool gently) => Await.TryAsync(async () =>
    {
        await using var database = new Database(Direct);
        var place = dice.Between(0, 9).ToString(CultureInfo.InvariantCulture);
        var pid = await database.ScalarAsync<int>($"select coalesce((array_agg(pid))[1 + {place} % count(*)::int], 0) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()");
        if (pid == 0) return false;
        if (gently) await database.ExecuteAsync($"select pg_terminate_backend({pid.ToString(CultureInfo.InvariantCulture)})");
        else await RunAsync("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));
        return true;
    });

    /// <summary>Stops the server as a power cut would.</summary>
    public abstract Task StopAsync();

    /// <summary>Brings it up again, where the engine does not do that itself.</summary>
    public abstract Task ReviveAsync();

    /// <summary>Keeps it up for as long as the result lives, with or without an engine.</summary>
    public abstract Task<IAsyncDisposable> HoldAsync();

    public abstract ValueTask DisposeAsync();

    protected static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
    }
}
