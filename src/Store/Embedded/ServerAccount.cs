using System.Diagnostics;

namespace Qualm.Store.Embedded;

/// <summary>Who the server runs as: the user <c>postgres</c> when we are root, whom the server refuses; else ourselves.</summary>
internal sealed class ServerAccount
{
    private const string User = "postgres";

    private static readonly string[] ProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private readonly string[] _prefix;

    private ServerAccount(string[] prefix) => _prefix = prefix;

    internal bool IsOther => _prefix.Length > 0;

    /// <exception cref="StoreUnavailableException">We are root and cannot become <c>postgres</c>.</exception>
    internal static ServerAccount Current()
    {
        if (!Environment.IsPrivilegedProcess) return new ServerAccount([]);
        if (!File.ReadLines("/etc/passwd").Any(line => line.StartsWith(User + ":", StringComparison.Ordinal)))
            throw new StoreUnavailableException(
                $"PostgreSQL does not run as root and there is no user '{User}': install the postgresql package, or run as another user", isTransient: false);
        if (Find("setpriv") is { } setpriv) return new ServerAccount([setpriv, $"--reuid={User}", $"--regid={User}", "--init-groups", "--"]);
        if (Find("runuser") is { } runuser) return new ServerAccount([runuser, "-u", User, "--"]);
        throw new StoreUnavailableException("PostgreSQL does not run as root and neither setpriv nor runuser is there: install util-linux", isTransient: false);
    }

    /// <summary>Makes a folder that only the account can enter.</summary>
    internal async Task MakeFolderAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsOther && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }

        await ExpectAsync(await StartAsync(["install", "-d", "-o", User, "-g", User, "-m", "0700", folder], cancellationToken), $"making {folder}");
        await CheckReachableAsync(folder, cancellationToken);
    }

    /// <summary>Runs a program of the server to its end.</summary>
    /// <returns>Its exit code and everything it said, in one line.</returns>
    internal Task<(int Code, string Said)> RunAsync(IEnumerable<string> command, CancellationToken cancellationToken) =>
        StartAsync([.. _prefix, .. command], cancellationToken);

    internal static Task ExpectAsync((int Code, string Said) result, string doing) =>
        result.Code == 0 ? Task.CompletedTask : throw new StoreUnavailableException($"{doing}: {result.Said}", isTransient: false);

    private async Task CheckReachableAsync(string folder, CancellationToken cancellationToken)
    {
        if ((await RunAsync(["test", "-x", folder], cancellationToken)).Code == 0) return;
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            var above = Path.GetDirectoryName(parent);
            if (above is null || (await RunAsync(["test", "-x", above], cancellationToken)).Code == 0)
                throw new StoreUnavailableException(
                    $"the user '{User}' cannot enter {parent}, which the data folder is in: chmod o+x {parent}, or choose another --data", isTransient: false);
        }
    }

    private static async Task<(int Code, string Said)> StartAsync(string[] command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("PGDATA");
        using var process = Process.Start(start) ?? throw new StoreUnavailableException($"{command[0]} did not start", isTransient: false);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        var said = string.Concat(await error, " ", await output);
        return (process.ExitCode, string.Join(" ", said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    private static string? Find(string program) =>
        ProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
