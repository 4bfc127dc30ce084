using System.Diagnostics;
using System.Globalization;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A PostgreSQL that is not Qualm's: started by the tests of one class, reached by connection strings.</summary>
public sealed class PostgresCluster : IAsyncLifetime, IDisposable
{
    private readonly Workspace _workspace = new();
    private int _databases;

    /// <summary>Its data folder, with its socket.</summary>
    internal string Data => _workspace["pg"];

    public async Task InitializeAsync()
    {
        if (Prerequisites.PostgresFolder is null) return;
        await MakeFolderAsync(Data);
        await RunAsync(Program("initdb"), "-D", Data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        await File.AppendAllTextAsync(
            Path.Combine(Data, "postgresql.conf"),
            $"\nlisten_addresses = ''\nunix_socket_directories = '{Data}'\nfsync = off\nmax_connections = 100\nshared_buffers = 32MB\n");
        await StartAsync();
    }

    /// <summary>Starts the server again.</summary>
    public Task StartAsync() => RunAsync(Program("pg_ctl"), "start", "-w", "-D", Data, "-l", Path.Combine(Data, "log"));

    /// <summary>Stops it.</summary>
    /// <param name="mode"><c>fast</c> ends all sessions, <c>immediate</c> is a crash.</param>
    public Task StopAsync(string mode) => RunAsync(Program("pg_ctl"), "stop", "-w", "-D", Data, "-m", mode);

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateAsync()
    {
        Prerequisites.PostgresFolder.ShouldNotBeNull("PostgreSQL is not installed");
        var name = string.Create(CultureInfo.InvariantCulture, $"db{Interlocked.Increment(ref _databases)}");
        await using var database = new Database(To("postgres"));
        await database.ExecuteAsync($"create database {name}");
        return To(name);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _workspace.Dispose();

    private static string Program(string name) => Path.Combine(Prerequisites.PostgresFolder!, name);

    private string To(string database) => $"Host={Data};Database={database};Username=tester";

    // The server refuses to run as root.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", program, .. arguments]
            : [program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, string.Join(' ', command));
    }

    private static async Task MakeFolderAsync(string folder)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory(folder);
            return;
        }

        using var process = Process.Start("install", ["-d", "-o", "postgres", "-g", "postgres", "-m", "0700", folder]);
        await process.WaitForExitAsync();
    }
}
