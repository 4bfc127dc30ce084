using System.Collections.Concurrent;
using System.Globalization;

namespace Qualm.Bench.Idling;

/// <summary>QMP servers on unix sockets, in this process, that answer and are silent otherwise.</summary>
internal sealed class IdleFleet : IDisposable
{
    private readonly string _folder;
    private readonly int _count;
    private readonly ConcurrentBag<IdleMonitor> _monitors = [];

    /// <param name="folder">Of the sockets.</param>
    public IdleFleet(string folder, int count) => (_folder, _count) = (folder, count);

    /// <summary>Clients that were accepted so far, by monitors that have been closed as well.</summary>
    public int Accepted { get; private set; }

    /// <summary>Monitors whose client has asked how the VM is, as it does last.</summary>
    public int Ready => _monitors.Count(m => m.IsReady);

    /// <summary>Has every monitor listen, at the socket of its own.</summary>
    public void Open()
    {
        for (var i = 0; i < _count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"vm-{i:00000}");
            var monitor = new IdleMonitor(Path.Combine(_folder, name + ".sock"), name, new Guid(i + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
            _monitors.Add(monitor);
            _ = monitor.ServeAsync();
        }
    }

    /// <summary>Ends all monitors at once, as when their host dies.</summary>
    /// <param name="leaveSockets">Leaves what they listened at, where nobody listens any more.</param>
    public void Close(bool leaveSockets)
    {
        while (_monitors.TryTake(out var monitor))
        {
            Accepted += monitor.Accepted;
            monitor.Dispose();
            if (!leaveSockets) File.Delete(monitor.Path);
        }
    }

    /// <summary>Takes away the sockets that <see cref="Close"/> has left.</summary>
    public void Clear()
    {
        foreach (var path in Directory.EnumerateFiles(_folder, "*.sock")) File.Delete(path);
    }

    public void Dispose() => Close(leaveSockets: false);
}
