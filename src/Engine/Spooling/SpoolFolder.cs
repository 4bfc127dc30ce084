using System.Globalization;
using System.Runtime.InteropServices;

namespace Qualm.Engine.Spooling;

/// <summary>The folder of one epoch's segments, held by the engine that writes or takes them in, so that no two do.</summary>
internal sealed class SpoolFolder : IDisposable
{
    private const string Suffix = ".spool";
    private const string Damaged = "damaged";

    // Of a lock that somebody has: EWOULDBLOCK.
    private const int WouldBlock = 11;

    private readonly FileStream _lock;
    private readonly string _root;

    private SpoolFolder(string root, long epoch, FileStream held) => (_root, Epoch, _lock) = (root, epoch, held);

    public long Epoch { get; }

    public string Path => PathOf(_root, Epoch);

    /// <summary>Where all spools of a data folder are.</summary>
    public static string RootOf(string dataFolder) => System.IO.Path.Combine(System.IO.Path.GetFullPath(dataFolder), "spool");

    /// <summary>Takes the folder of an epoch; makes it when it is not there.</summary>
    /// <exception cref="SpoolInUseException">Another process holds it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SpoolFolder Take(string root, long epoch)
    {
        Directory.CreateDirectory(PathOf(root, epoch));
        Keep(root);
        try
        {
            return new SpoolFolder(root, epoch, new FileStream(System.IO.Path.Combine(PathOf(root, epoch), "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new SpoolInUseException(PathOf(root, epoch), e);
        }
    }

    /// <summary>Epochs of which there are spools, ascending.</summary>
    public static IReadOnlyList<long> Epochs(string root) => !Directory.Exists(root) ? [] :
        [.. Directory.EnumerateDirectories(root)
            .Select(folder => long.TryParse(System.IO.Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0)
            .Where(epoch => epoch > 0)
            .Order()];

    /// <summary>Segments in order.</summary>
    public IReadOnlyList<string> Segments() => [.. Directory.EnumerateFiles(Path, "*" + Suffix).Order(StringComparer.Ordinal)];

    public string SegmentPath(long sequence) => System.IO.Path.Combine(Path, sequence.ToString("D10", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>Where a damaged segment is put.</summary>
    public string AsideOf(string segment) =>
        System.IO.Path.Combine(_root, Damaged, string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{System.IO.Path.GetFileName(segment)}"));

    /// <summary>Puts a damaged segment aside, where nobody deletes it.</summary>
    /// <returns>Where it lies now.</returns>
    public string PutAside(string segment)
    {
        var to = AsideOf(segment);
        var folder = System.IO.Path.GetDirectoryName(to)!;
        Directory.CreateDirectory(folder);
        File.Move(segment, to, overwrite: true);
        Keep(folder);
        return to;
    }

    /// <summary>Makes a new file's name as lasting as its content.</summary>
    public void Keep() => Keep(Path);

    /// <summary>Lets go of the folder, and removes it when nothing is in it.</summary>
    public void Dispose()
    {
        try
        {
            if (Segments().Count == 0)
            {
                File.Delete(_lock.Name);
                Directory.Delete(Path);
            }
        }
        catch (IOException)
        {
            // Somebody has put something there: it stays.
        }

        _lock.Dispose();
    }

    private static string PathOf(string root, long epoch) => System.IO.Path.Combine(root, epoch.ToString(CultureInfo.InvariantCulture));

    // .NET opens no folders.
    private static void Keep(string folder)
    {
        var handle = open(System.Text.Encoding.UTF8.GetBytes(folder + "\0"), 0);
        if (handle < 0) return;
        _ = fsync(handle);
        _ = close(handle);
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int fsync(int file);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int close(int file);
}
