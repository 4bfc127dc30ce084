using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Qualm.Bench.Restarting;

/// <summary>The service as a process of its own, fed from a file, in a folder that goes with it.</summary>
internal sealed class BenchService : IAsyncDisposable
{
    private const string Derived = ", derived ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _folder;
    private Process? _process;
    private volatile string _state = "";

    private BenchService(string folder) => _folder = folder;

    /// <summary>What the last start said of where its state came from.</summary>
    public string State => _state;

    /// <summary>Where all of it lies.</summary>
    public string Folder => _folder;

    /// <summary>The id of the running process.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("it does not run");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A service that reads <paramref name="events"/> from a file.</summary>
    public static BenchService Make(string rules, byte[] events)
    {
        var service = Make(folder => $"sources:\n- tail: {folder}/events.jsonl\nrules: {folder}/rules.yaml\ndata: {folder}/data\nreceivers:\n  page: log\n");
        File.WriteAllBytes(Path.Combine(service._folder, "events.jsonl"), events);
        File.WriteAllText(Path.Combine(service._folder, "rules.yaml"), rules);
        return service;
    }

    /// <param name="configure">Given the folder, the configuration; the data must lie in <c>data</c>.</param>
    public static BenchService Make(Func<string, string> configure)
    {
        var folder = Directory.CreateTempSubdirectory("qualm-bench-").FullName;
        const UnixFileMode Others = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | Others);
        File.WriteAllText(Path.Combine(folder, "qualm.yaml"), configure(folder));
        return new BenchService(folder);
    }

    /// <summary>Returns when it serves.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Qualm.Engine.dll"), "run", "--config", Path.Combine(_folder, "qualm.yaml")])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, said) =>
        {
            if (said.Data is null) ready.TrySetException(new InvalidOperationException("the service ended"));
            else if (said.Data.IndexOf(Derived, StringComparison.Ordinal) is >= 0 and var at) _state = said.Data[(at + Derived.Length)..];
            else if (said.Data.Contains("is ready", StringComparison.Ordinal)) ready.TrySetResult();
        };
        _process.Start();
        _process.BeginErrorReadLine();
        await ready.Task.WaitAsync(Patience);
    }

    /// <summary>Returns when so many events are committed.</summary>
    public async Task RecordedAsync(int count)
    {
        await using var source = NpgsqlDataSource.Create($"Host={Data}/run;Database=qualm;Username=qualm");
        await using var command = source.CreateCommand("select position from qualm.qualm_progress");
        await ReachAsync(command, count);
    }

    /// <summary>Returns when so many events of a kind are committed.</summary>
    /// <param name="type">As the log names it, in lower case.</param>
    public async Task RecordedAsync(string type, int count)
    {
        await using var source = NpgsqlDataSource.Create($"Host={Data}/run;Database=qualm;Username=qualm");
        await using var command = source.CreateCommand("select count(*) from qualm.mt_events where type = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        await ReachAsync(command, count);
    }

    /// <summary>Ends it, and its PostgreSQL, as the kernel would.</summary>
    /// <param name="alone">Leaves PostgreSQL alone.</param>
    public async Task KillAsync(bool alone = false)
    {
        if (!alone)
        {
            using var server = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(Data, "pg", "postmaster.pid")).First(), CultureInfo.InvariantCulture));
            server.Kill();
        }

        if (_process is not { } process) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                // The orphans of the killed server still write.
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private static async Task ReachAsync(NpgsqlCommand command, int count)
    {
        var since = Stopwatch.GetTimestamp();
        while (await command.ExecuteScalarAsync() is not long reached || reached < count)
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) throw new TimeoutException("the events are not recorded");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
