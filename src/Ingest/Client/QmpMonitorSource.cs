using System.Runtime.CompilerServices;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>
/// A monitor that Qualm dials. Connects again, with growing pauses, whenever it is lost. Every connection yields
/// MONITOR_CONNECTED, then events with STATE_RESYNCED among them where the VM's status was told, then MONITOR_LOST.
/// </summary>
/// <param name="gone">Asked after each loss, with what it dials, whether to give up for good; null for never.</param>
public sealed class QmpMonitorSource(QmpEndpoint endpoint, MonitorNaming naming, MonitorContext context, Func<QmpEndpoint, bool>? gone = null) : IEventSource
{
    private readonly Backoff _backoff = new(context.Options.FirstPause, context.Options.LongestPause, context.Jitter);
    private string? _complained;
    private long _epoch;

    public string Name { get; } = endpoint.ToString();

    /// <summary>Whether it gave up for good.</summary>
    public bool HasEnded { get; private set; }

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await context.Gate.WaitAsync(cancellationToken);
            var session = new MonitorSession(context, Name, naming, ++_epoch);
            var started = context.Time.GetTimestamp();
            Report(session, MonitorPhase.Connecting, null);
            var items = session.RunAsync(token => QmpConnection.OpenAsync(endpoint, context.Options, context.Time, token), cancellationToken);
            await foreach (var item in items) yield return item;

            if (gone?.Invoke(endpoint) == true) break;
            if (session.Vm is not null && context.Time.GetElapsedTime(started) >= context.Options.SoundAfter) _backoff.Reset();
            var pause = _backoff.Next();
            Complain(session, pause);
            Report(session, MonitorPhase.Waiting, session.Reason);
            await Task.Delay(pause, context.Time, cancellationToken);
        }

        HasEnded = true;
        Log.Gone(context.Logger, Name);
        Report(null, MonitorPhase.Gone, "its socket is gone");
    }

    // A monitor that stays away is told of once for each reason.
    private void Complain(MonitorSession session, TimeSpan pause)
    {
        if (session.Vm is { } vm) Log.Lost(context.Logger, Name, vm, session.Reason, pause.TotalSeconds);
        else if (session.Reason != _complained) Log.ConnectFailed(context.Logger, Name, session.Reason, pause.TotalSeconds);
        _complained = session.Vm is null ? session.Reason : null;
    }

    private void Report(MonitorSession? session, MonitorPhase phase, string? reason) => context.Board.Report(
        new(Name, session?.Vm ?? naming.Vm, phase, _epoch, reason, Instant.From(context.Time.GetUtcNow()), naming.Labels));
}
