using System.Diagnostics;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>A file system of its own, in memory, that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <returns>Null where one may not be mounted.</returns>
    public static SmallDisk? Mount(string folder, int megabytes)
    {
        if (!Environment.IsPrivilegedProcess) return null;
        Directory.CreateDirectory(folder);
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", folder) ? new SmallDisk(folder) : null;
    }

    /// <summary>Leaves no more than this.</summary>
    public void Fill(int bytesLeft)
    {
        using var ballast = File.Create(Ballast);
        var chunk = new byte[64 * 1024];
        var left = new DriveInfo(_folder).AvailableFreeSpace - bytesLeft;
        try
        {
            for (; left > 0; left -= chunk.Length)
            {
                ballast.Write(chunk, 0, (int)Math.Min(left, chunk.Length));
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // Fuller than asked for: the server writes as well.
        }
    }

    public void Empty() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "-l", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
