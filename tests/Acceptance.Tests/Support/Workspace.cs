using System.Diagnostics;
using System.Globalization;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A folder of one test. Its path is short, since unix sockets go into it; with it goes whatever runs in it.</summary>
internal sealed class Workspace : IDisposable
{
    private const int Attempts = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Folder { get; } = Make();

    /// <summary>Whether its files stay when it is disposed of, for people to look at.</summary>
    public bool IsKept { get; set; }

    /// <summary>A path in it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a file, and the folders it is in.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Processes that run in this folder or were started by one that does, as <c>pid command line</c>.</summary>
    public IReadOnlyList<string> Processes() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId)
            .Where(pid => Read($"/proc/{pid}/cmdline").Contains(Folder, StringComparison.Ordinal) || Read($"/proc/{pid}/environ").Contains($"{QualmProcess.Mark}={Folder}", StringComparison.Ordinal))
            .Where(pid => !Read($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal))
            .Select(pid => $"{pid} {Read($"/proc/{pid}/cmdline").Replace('\0', ' ')}")];

    public void Dispose()
    {
        // What a failed or killed service has left behind, the private server before all.
        for (var left = Processes(); left.Count > 0; left = Processes())
        {
            foreach (var process in left) Kill(process.Split(' ')[0]);
            Thread.Sleep(Pause);
        }

        for (var attempt = 0; !IsKept && Directory.Exists(Folder); attempt++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (IOException) when (attempt < Attempts)
            {
                // A process that is just dying may still write.
                Thread.Sleep(Pause);
            }
        }
    }

    private static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("qa-").FullName;

        // The private PostgreSQL runs as another user when the tests run as root.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        return folder;
    }

    private static void Kill(string pid)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-KILL", pid]) { RedirectStandardError = true });
        kill?.WaitForExit();
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
