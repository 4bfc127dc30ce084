using System.Diagnostics;
using Npgsql;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>What is kept of a round that failed: rules, configuration, what every engine said, pages, and the database.</summary>
internal static class Keepsake
{
    public static async Task KeepAsync(Round round, Exception why, Action<string> say)
    {
        var workspace = round.Site.Workspace;
        workspace.IsKept = true;
        workspace.Write("failure.txt", why.ToString());
        for (var i = 0; i < round.Engines.All.Count; i++) workspace.Write($"engine-{i + 1}.log", $"{round.Engines.All[i].Out.Text}{round.Engines.All[i].Error.Text}");
        await File.WriteAllLinesAsync(workspace["pages.txt"], round.Site.Pages.Received.Select(p => $"{p} {p.Body.ToJsonString()}"));
        CopyLogs(Path.Combine(round.Site.Data, "log"), workspace["server-log"]);
        try
        {
            await using var held = await round.Ground.HoldAsync();
            await DumpAsync(round.Ground.Direct, workspace["database.sql"]);
        }
        catch (Exception e)
        {
            say($"the database could not be kept: {e.Message}");
        }

        say($"kept in {workspace.Folder}");
    }

    // The data folder may be on a disk that goes with the round.
    private static void CopyLogs(string from, string to)
    {
        if (!Directory.Exists(from)) return;
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private static async Task DumpAsync(string connection, string path)
    {
        var to = new NpgsqlConnectionStringBuilder(connection);
        string[] dump = ["--host", to.Host!, "--username", to.Username!, "--schema", "qualm", "--file", path, to.Database!];
        using var process = Process.Start(Path.Combine(Prerequisites.PostgresFolder!, "pg_dump"), dump);
        await process.WaitForExitAsync();
    }
}
