using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>A monitor that dialled in. Can be read once: when the peer leaves, it is over. Owns the socket.</summary>
internal sealed class AcceptedMonitorSource(Socket socket, string name, long epoch, MonitorNaming naming, MonitorContext context) : IEventSource
{
    private int _read;

    public string Name => name;

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0) yield break;
        var session = new MonitorSession(context, name, naming, epoch);
        Report(MonitorPhase.Connecting, null, null);
        await foreach (var item in session.RunAsync(_ => Task.FromResult(new QmpConnection(socket, context.Options.MaxMessageBytes)), cancellationToken))
        {
            yield return item;
        }

        if (session.Vm is { } vm) Log.PeerLeft(context.Logger, name, vm, session.Reason);
        else Log.PeerRefused(context.Logger, name, session.Reason);
        Report(MonitorPhase.Gone, session.Vm, session.Reason);
    }

    private void Report(MonitorPhase phase, string? vm, string? reason) => context.Board.Report(
        new(name, vm ?? naming.Vm, phase, epoch, reason, Instant.From(context.Time.GetUtcNow()), naming.Labels));
}
