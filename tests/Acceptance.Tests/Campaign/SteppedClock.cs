using System.IO.MemoryMappedFiles;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>A wall clock that another process can set: the machine's, and what a file says it is off by, in microseconds. Timers are not touched.</summary>
internal sealed class SteppedClock : TimeProvider, IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="path">Made if it is not there.</param>
    public SteppedClock(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, sizeof(long));
        _view = _file.CreateViewAccessor(0, sizeof(long));
    }

    /// <summary>How far it is ahead of the machine's clock.</summary>
    public TimeSpan Ahead
    {
        get => TimeSpan.FromMicroseconds(_view.ReadInt64(0));
        set => _view.Write(0, (long)value.TotalMicroseconds);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
