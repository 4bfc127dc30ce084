using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Qualm.Engine.Serving.Systemd;

/// <summary>
/// Tells systemd how the service is: ready, reloading, stopping, a line of status, more time while the log is read, and
/// that it is alive, as long as the turn loop is. Does nothing where nobody listens.
/// </summary>
internal sealed class SystemdNotifier(SystemdSettings settings, ServiceHealth health, TimeProvider time) : BackgroundService
{
    /// <summary>How often the status of a start is told, and more time asked for.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(5);

    /// <summary>How much time is asked for; a start whose log is no longer read gets no more.</summary>
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(60);

    /// <summary>The shortest silence of the loop that means anything: its ticks come four times a second, and machines are busy.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(3);

    private readonly NotifySocket? _socket = NotifySocket.Open(settings.Socket);
    private string _status = "";
    private bool _ready;
    private bool _reloading;
    private bool _stopping;

    public override void Dispose()
    {
        _socket?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_socket is null) return;
        await Task.Yield();
        var half = settings.Watchdog is { } watchdog ? watchdog / 2 : Pulse;
        var due = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = health.Changed;
            Tell(health.Look());
            if (time.GetElapsedTime(due) >= TimeSpan.Zero)
            {
                Pat(half);
                due = time.GetTimestamp() + (long)((half < Pulse ? half : Pulse).TotalSeconds * time.TimestampFrequency);
            }

            await SleepAsync(changed, time.GetElapsedTime(time.GetTimestamp(), due), stoppingToken);
        }
    }

    private async Task SleepAsync(Task changed, TimeSpan left, CancellationToken stopping)
    {
        try
        {
            if (left > TimeSpan.Zero) await changed.WaitAsync(left, time, stopping);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // It is time to look, or to stop.
        }
    }

    // Whatever has changed since it was told last, in one message.
    private void Tell(HealthReport report)
    {
        var lines = new List<string>();
        if (report.Phase is ServicePhase.Ready or ServicePhase.Standby && !_ready)
        {
            // A standby has started as well as it can: whoever starts the unit must not wait for the leader's death.
            _ready = true;
            lines.Add("READY=1");
        }

        if (_ready && report.Reloading != _reloading)
        {
            _reloading = report.Reloading;
            lines.Add(_reloading ? string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Monotonic()}") : "READY=1");
        }

        if (report.Phase == ServicePhase.Draining && !_stopping)
        {
            _stopping = true;
            lines.Add("STOPPING=1");
        }

        var status = report.Status.ReplaceLineEndings(" ");
        if (status != _status) lines.Add($"STATUS={_status = status}");
        if (lines.Count > 0) _socket!.Send(string.Join('\n', lines));
    }

    private void Pat(TimeSpan half)
    {
        var report = health.Look(half > LeastPatience ? half : LeastPatience);
        if (!_ready && report.Stuck is null) _socket!.Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)Extension.TotalMicroseconds}"));
        if (settings.Watchdog is not null && report.Stuck is null) _socket!.Send("WATCHDOG=1");
    }

    // CLOCK_MONOTONIC, which is what timestamps are taken from here.
    private long Monotonic() => (long)(time.GetTimestamp() * (1_000_000.0 / time.TimestampFrequency));
}
