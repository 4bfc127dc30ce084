namespace Qualm.Store.Embedded;

/// <summary>A lock on a file (<c>flock</c>), held until it is disposed or the process ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <param name="shared">Whether others may hold it shared at the same time.</param>
    /// <returns>Null when somebody holds it in a way that excludes ours.</returns>
    internal static FolderLock? TryTake(string path, bool shared)
    {
        try
        {
            if (!File.Exists(path)) new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            return new FolderLock(shared
                ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <exception cref="StoreUnavailableException">It was not to be had in time.</exception>
    internal static async Task<FolderLock> TakeAsync(string path, bool shared, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (TryTake(path, shared) is { } taken) return taken;
            if (time.GetElapsedTime(since) > patience)
                throw new StoreUnavailableException($"another process has been starting or stopping the private PostgreSQL for {patience.TotalSeconds:0} s: {path} is locked", isTransient: true);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();
}
