using Microsoft.Extensions.Logging;
using Qualm.Ingest.Client;

namespace Qualm.Engine.Spooling;

/// <summary>Holds sources off while the spool is full: growing files wait early, for they keep what they have; monitors are disconnected late, for QEMU does not.</summary>
internal sealed class Gates(MonitorGate monitors, MonitorGate files, SpoolOptions options, SpoolMetrics metrics, ILogger logger)
{
    private readonly Lock _lock = new();

    /// <summary>Closes and opens them as the spool fills and drains. From any thread.</summary>
    /// <param name="bytes">In the spool.</param>
    /// <param name="room">Whether the disk has room.</param>
    public void Regulate(long bytes, bool room)
    {
        lock (_lock)
        {
            if (bytes > options.FilesWaitAbove || !room) files.Close("the spool is filling");
            else if (bytes <= options.ResumeBelow / 2) files.Open();

            if (bytes >= options.Limit || !room) Shut(room ? $"the store is away and the spool is full ({bytes} bytes)" : "the store is away and the disk of the spool is full");
            else if (bytes <= options.ResumeBelow && !monitors.IsOpen) Open();
        }
    }

    /// <summary>Nothing is held off any more.</summary>
    public void OpenAll()
    {
        lock (_lock)
        {
            files.Open();
            if (!monitors.IsOpen) Open();
        }
    }

    /// <summary>Has every monitor connect anew, so that the state of its VM is asked for.</summary>
    public void Reconnect(string why)
    {
        lock (_lock)
        {
            if (!monitors.IsOpen) return;
            monitors.Close(why);
            monitors.Open();
        }
    }

    private void Shut(string why)
    {
        if (!monitors.IsOpen) return;
        var lost = monitors.Close(why);
        metrics.Disconnected(lost);
        Log.SpoolFull(logger, why, lost);
    }

    private void Open()
    {
        monitors.Open();
        Log.SpoolHasRoom(logger);
    }
}
