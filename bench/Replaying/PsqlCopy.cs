using System.Diagnostics;
using Npgsql;

namespace Qualm.Bench.Replaying;

/// <summary>The limit of reading back: <c>psql</c> with COPY … TO STDOUT, as text, thrown away.</summary>
internal static class PsqlCopy
{
    /// <exception cref="InvalidOperationException">psql failed.</exception>
    public static async Task RunAsync(string connectionString, string query)
    {
        var to = new NpgsqlConnectionStringBuilder(connectionString);
        using var psql = Process.Start(new ProcessStartInfo("psql")
        {
            ArgumentList = { "-X", "-q", "-o", "/dev/null", "-d", $"host={to.Host} port={to.Port} dbname={to.Database} user={to.Username}", "-c", $"copy ({query}) to stdout" },
        })!;
        await psql.WaitForExitAsync();
        if (psql.ExitCode != 0) throw new InvalidOperationException($"psql ended with {psql.ExitCode}");
    }
}
