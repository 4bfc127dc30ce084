using System.Globalization;
using Npgsql;

namespace Qualm.Store.Embedded;

/// <summary>A use of the private PostgreSQL in a data folder. The server is started with the first use and stopped with the last, over all processes.</summary>
/// <remarks>It listens on a unix socket only. A server left behind by a killed process is found and used.</remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    internal const int Port = 5432;

    private const string Name = "qualm";

    private static readonly TimeSpan GatePatience = TimeSpan.FromMinutes(3);

    /// <summary>Crash recovery replays at most <c>max_wal_size</c> or so of log.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    /// <summary>How long a server that ends at once is started again: the orphans of a killed one keep its memory for a moment.</summary>
    private static readonly TimeSpan LaunchPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long after a launch the server may have no process to show.</summary>
    private static readonly TimeSpan LaunchPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(1);

    private readonly ServerFolder _folder;
    private readonly ServerAccount _account;
    private readonly PostgresBinaries _binaries;
    private readonly TimeProvider _time;
    private FolderLock? _lease;

    private EmbeddedPostgres(ServerFolder folder, ServerAccount account, PostgresBinaries binaries, TimeProvider time)
    {
        _folder = folder;
        _account = account;
        _binaries = binaries;
        _time = time;
    }

    /// <summary>In Npgsql's form.</summary>
    public string ConnectionString => To(Name);

    /// <summary>Process id of the server; null when it does not run.</summary>
    public int? ProcessId => ReadPid();

    /// <exception cref="StoreUnavailableException">PostgreSQL is not installed, or did not come up; the message says where its log is.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string dataFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = new ServerFolder(Path.GetFullPath(dataFolder));
        var server = new EmbeddedPostgres(folder, ServerAccount.Current(), PostgresBinaries.Find(), time);
        try
        {
            MakeRoot(folder.Root);
            using var gate = await FolderLock.TakeAsync(folder.Gate, shared: false, GatePatience, time, cancellationToken);
            server._lease = await FolderLock.TakeAsync(folder.Lease, shared: true, GatePatience, time, cancellationToken);
            await server.BringUpAsync(cancellationToken);
            return server;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            server._lease?.Dispose();
            throw new StoreUnavailableException($"data folder {folder.Root}: {fault.Message}", isTransient: false, fault);
        }
        catch
        {
            server._lease?.Dispose();
            throw;
        }
    }

    /// <summary>Gives up the use; stops the server, quickly and cleanly, if it was the last.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lease is null) return;
        using var gate = await FolderLock.TakeAsync(_folder.Gate, shared: false, GatePatience, _time, CancellationToken.None);
        _lease.Dispose();
        _lease = null;
        using var last = FolderLock.TryTake(_folder.Lease, shared: false);
        if (last is null || ReadPid() is null) return;
        var seconds = StopPatience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        await _account.RunAsync([_binaries["pg_ctl"], "stop", "-D", _folder.Data, "-m", "fast", "-w", "-t", seconds], CancellationToken.None);
    }

    private static void MakeRoot(string root)
    {
        if (OperatingSystem.IsWindows()) throw new StoreUnavailableException("there is no private PostgreSQL on Windows: set QUALM_STORE to a connection string", isTransient: false);
        if (Directory.Exists(root)) return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | Others);
    }

    private async Task BringUpAsync(CancellationToken cancellationToken)
    {
        if (!IsAlive())
        {
            if (!File.Exists(Path.Combine(_folder.Data, "PG_VERSION"))) await InitialiseAsync(cancellationToken);
            await LaunchAsync(cancellationToken);
        }

        await WaitUntilReadyAsync(cancellationToken);
        await MakeDatabaseAsync(cancellationToken);
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder.Unfinished)) Directory.Delete(_folder.Unfinished, recursive: true);
        await _account.MakeFolderAsync(_folder.Unfinished, cancellationToken);
        await ServerAccount.ExpectAsync(
            await _account.RunAsync(
                [_binaries["initdb"], "-D", _folder.Unfinished, "-U", Name, "-E", "UTF8", "--locale=C", "--auth=trust"], cancellationToken),
            $"initdb in {_folder.Unfinished}");
        Directory.Move(_folder.Unfinished, _folder.Data);
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        await CheckVersionAsync(cancellationToken);
        await _account.MakeFolderAsync(_folder.Socket, cancellationToken);
        await _account.MakeFolderAsync(_folder.Log, cancellationToken);
        if (_folder.IsSocketElsewhere) await File.WriteAllTextAsync(_folder.SocketNote, _folder.Socket + "\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder.Data, "postgresql.conf"), ServerSettings.Of(_folder.Socket, _folder.Log), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder.Data, "pg_hba.conf"), ServerSettings.Access, cancellationToken);

        // A number in postmaster.pid that another program has by now would keep the server from starting.
        if (ReadPid() is { } pid && IsRunning(pid) && !IsPostgres(pid)) File.Delete(_folder.PidFile);
        var start = await _account.RunAsync(
            [_binaries["pg_ctl"], "start", "-W", "-D", _folder.Data, "-l", Path.Combine(_folder.Log, "start.log")], cancellationToken);
        await ServerAccount.ExpectAsync(start, $"starting PostgreSQL in {_folder.Data} (see {_folder.Log})");
    }

    private async Task CheckVersionAsync(CancellationToken cancellationToken)
    {
        var made = (await File.ReadAllTextAsync(Path.Combine(_folder.Data, "PG_VERSION"), cancellationToken)).Trim();
        var (_, said) = await _account.RunAsync([_binaries["postgres"], "--version"], cancellationToken);
        if (!said.Contains($" {made}.", StringComparison.Ordinal) && !said.Contains($" {made}devel", StringComparison.Ordinal))
            throw new StoreUnavailableException(
                $"{_folder.Data} was made by PostgreSQL {made}, installed is '{said}': install postgresql-{made}, or move the data with pg_upgrade", isTransient: false);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        var launched = since;
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(To("postgres") + ";Pooling=false");
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                var (elapsed, alive) = (_time.GetElapsedTime(since), IsAlive());
                if (elapsed > StartPatience || (elapsed > LaunchPatience && !alive))
                    throw new StoreUnavailableException($"the private PostgreSQL in {_folder.Data} does not answer: {fault.Message}; see its log in {_folder.Log}", isTransient: true, fault);

                if (!alive && _time.GetElapsedTime(launched) > LaunchPause)
                {
                    await LaunchAsync(cancellationToken);
                    launched = _time.GetTimestamp();
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), _time, cancellationToken);
        }
    }

    private async Task MakeDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(To("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand($"select exists (select from pg_database where datname = '{Name}')", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is true) return;
        await using var create = new NpgsqlCommand($"create database {Name}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    private string To(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _folder.Socket, Port = Port, Database = database, Username = Name, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable }
            .ConnectionString;

    private bool IsAlive() => ReadPid() is { } pid && IsRunning(pid) && IsPostgres(pid);

    private int? ReadPid()
    {
        try
        {
            using var lines = new StreamReader(new FileStream(_folder.PidFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return int.TryParse(lines.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool IsRunning(int pid) => Directory.Exists($"/proc/{pid}");

    /// <summary>A dead server that nobody has waited for yet does not count.</summary>
    private static bool IsPostgres(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var open = stat.IndexOf('(', StringComparison.Ordinal);
            var close = stat.LastIndexOf(')');
            return stat[(open + 1)..close].StartsWith("postgres", StringComparison.Ordinal) && stat[close + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
