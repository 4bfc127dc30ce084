namespace Qualm.Acceptance.Tests.Support;

/// <summary>The real programs that the tests run against.</summary>
internal static class Prerequisites
{
    public const string Qemu = "qemu-system-x86_64";

    /// <summary>Folder of initdb, pg_ctl and psql of the newest PostgreSQL; null when there is none.</summary>
    public static string? PostgresFolder { get; } = FindPostgres();

    /// <summary>Why a test cannot run here; null when it can, and under CI, where what is missing is a failure.</summary>
    public static string? Missing(bool qemu) => IsCi ? null : PostgresFolder is null ? "PostgreSQL is not installed" : qemu && !OnPath(Qemu) ? $"{Qemu} is not installed" : null;

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    private static string? FindPostgres()
    {
        const string Debian = "/usr/lib/postgresql";
        var debian = Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian).OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")) : [];
        return debian.Concat(Search).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static bool OnPath(string program) => Search.Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string[] Search => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
}
