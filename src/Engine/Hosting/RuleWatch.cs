using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;

namespace Qualm.Engine.Hosting;

/// <summary>
/// Notices that rule files may have changed: told by the file system, else found by looking now and then, or asked. Says so
/// once the files have been left alone for a moment, so that one that is being written is not taken for a whole one.
/// </summary>
/// <param name="path">What <see cref="RuleFiles.Read"/> is given.</param>
internal sealed class RuleWatch(string path, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How often to look where the file system says nothing: network file systems, folders put in place of others.</summary>
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LeftAlone = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> _causes = Channel.CreateBounded<bool>(new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;
    private string? _seen;
    private bool _asked;

    /// <summary>Asks for the files to be read again, changed or not. From any thread.</summary>
    public void Ask()
    {
        Volatile.Write(ref _asked, true);
        _causes.Writer.TryWrite(true);
    }

    /// <summary>Takes the files as they are for known; only what changes from now on counts.</summary>
    public void Begin()
    {
        _seen = RuleFiles.Fingerprint(path);
        Watch();
    }

    /// <summary>Waits until the files have changed, or somebody asks.</summary>
    /// <returns>Whether somebody asked.</returns>
    public async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        do
        {
            await ToldAsync(cancellationToken);
        }
        while (!Volatile.Read(ref _asked) && RuleFiles.Fingerprint(path) == _seen);

        string found;
        do
        {
            found = RuleFiles.Fingerprint(path);
            await Task.Delay(LeftAlone, time, cancellationToken);
        }
        while (found != RuleFiles.Fingerprint(path));
        while (_causes.Reader.TryRead(out _))
        {
            // All of it has led here.
        }

        _seen = found;
        Watch();
        return Interlocked.Exchange(ref _asked, false);
    }

    public void Dispose() => _watcher?.Dispose();

    // Or until it is time to look.
    private async Task ToldAsync(CancellationToken cancellationToken)
    {
        using var look = new CancellationTokenSource(LooksEvery, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, cancellationToken);
        try
        {
            await _causes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time to look.
        }
    }

    // Anew after every change: the folder may be another one by the same name.
    private void Watch()
    {
        _watcher?.Dispose();
        _watcher = null;
        try
        {
            var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
            var watcher = new FileSystemWatcher(folder)
            {
                Filter = Directory.Exists(path) ? "*" : Path.GetFileName(path),
                IncludeSubdirectories = Directory.Exists(path),
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => _causes.Writer.TryWrite(true);
            watcher.Created += (_, _) => _causes.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _causes.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _causes.Writer.TryWrite(true);
            watcher.Error += (_, _) => _causes.Writer.TryWrite(true);
            _watcher = watcher;
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            Log.NotWatched(logger, path, LooksEvery.TotalSeconds, e.Message);
        }
    }
}
