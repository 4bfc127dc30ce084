using System.Diagnostics;
using System.Globalization;

namespace Qualm.Store.Embedded;

/// <summary>Where the server's programs are installed.</summary>
/// <param name="Folder">Holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
internal sealed record PostgresBinaries(string Folder)
{
    internal const int OldestVersion = 15;

    internal string this[string program] => Path.Combine(Folder, program);

    /// <summary>Debian's folders first, the highest version winning, then the path, then what <c>pg_config</c> says.</summary>
    /// <exception cref="StoreUnavailableException">There is none.</exception>
    internal static PostgresBinaries Find() =>
        TryFind("/usr/lib/postgresql", Environment.GetEnvironmentVariable("PATH") ?? "")
        ?? throw new StoreUnavailableException(
            $"PostgreSQL {OldestVersion} or later is not installed: install it (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server), or set QUALM_STORE to a connection string",
            isTransient: false);

    internal static PostgresBinaries? TryFind(string debianRoot, string path)
    {
        var folders = Versions(debianRoot)
            .Concat(path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Concat(FromPgConfig(path));
        return folders.Where(IsComplete).Select(folder => new PostgresBinaries(folder)).FirstOrDefault();
    }

    private static IEnumerable<string> Versions(string root) =>
        Directory.Exists(root)
            ? Directory.EnumerateDirectories(root)
                .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: Major(Path.GetFileName(folder))))
                .Where(v => v.Version >= OldestVersion)
                .OrderByDescending(v => v.Version)
                .Select(v => v.Folder)
            : [];

    private static int Major(string name) =>
        int.TryParse(name.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")) && File.Exists(Path.Combine(folder, "postgres"));

    private static IEnumerable<string> FromPgConfig(string path)
    {
        var program = path.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "pg_config")).FirstOrDefault(File.Exists);
        if (program is null) yield break;
        using var asked = Process.Start(new ProcessStartInfo(program, ["--bindir"]) { RedirectStandardOutput = true });
        if (asked is null) yield break;
        var folder = asked.StandardOutput.ReadToEnd().Trim();
        asked.WaitForExit();
        yield return folder;
    }
}
