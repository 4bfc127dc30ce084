using System.Runtime.CompilerServices;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>One connection to a monitor, from its greeting to its loss, as items of a source.</summary>
internal sealed class MonitorSession(MonitorContext context, string source, MonitorNaming naming, long epoch)
{
    private readonly long _connection = context.Epochs.Next();
    private EventOrigin? _origin;
    private MonitorFacts? _facts;
    private long _n;

    /// <summary>The VM, once it is known; null when the session never came so far.</summary>
    public string? Vm => _origin?.Vm;

    /// <summary>Why the session is over.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Yields all there is; never throws but for cancellation. Closes the connection.</summary>
    /// <param name="open">Makes the connection.</param>
    public async IAsyncEnumerable<SourceItem> RunAsync(
        Func<CancellationToken, Task<QmpConnection>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (connection, handshake, lost) = await OpenAsync(open, cancellationToken);
        using var closing = connection;
        if (handshake is null || connection is null || _facts is null || _origin is null)
        {
            if (Garbage(lost) is { } early) yield return early;
            yield break;
        }

        Action<string> abort = connection.Abort;
        using var guard = context.Stalls.Guard(abort);
        using var gate = context.Gate.Pass(abort);
        var voice = context.Voices.Join(new(_origin.Vm, _facts.Uuid, naming.Host, connection.PeerAddress, connection.PeerProcess));
        var others = false;
        try
        {
            Report(voice.Speaks ? MonitorPhase.Connected : MonitorPhase.StandingBy);
            IEnumerable<SourceItem> opening = [];
            if (voice.Speaks) opening = Opening(handshake);
            else (opening, lost) = await StandByAsync(connection, voice, handshake.Held, cancellationToken);
            foreach (var item in opening)
            {
                guard.Turn();
                yield return item;
                guard.Turn();
            }

            // Of no use any more, and the connection may live for months.
            (opening, handshake, _facts) = ([], null, null);
            while (lost is null)
            {
                var reading = connection.ReadEventAsync(cancellationToken);
                if (!reading.IsCompleted)
                {
                    guard.CaughtUp();
                    voice.Idles();
                }

                (var message, lost) = await reading;
                if (message is not QmpMessage.Event { Value: var received } || !voice.Says(received)) continue;
                guard.Turn();
                yield return Item(received, foldable: true);
                guard.Turn();
            }
        }
        finally
        {
            others = context.Voices.Leave(voice);
        }

        Reason = lost.Message;
        context.Metrics.Lost();
        if (Garbage(lost) is { } garbage) yield return garbage;
        if (!others) yield return Item(MonitorEvents.Lost(Now(), source, Reason));
    }

    private async Task<(QmpConnection? Connection, QmpHandshake? Handshake, MonitorLostException? Lost)> OpenAsync(
        Func<CancellationToken, Task<QmpConnection>> open, CancellationToken cancellationToken)
    {
        QmpConnection? connection = null;
        using var turn = await context.Pace.TakeAsync(cancellationToken);
        try
        {
            connection = await open(cancellationToken);
            var handshake = new QmpHandshake(connection, context.Options, source, context.Time, context.Logger);
            _facts = await handshake.RunAsync(cancellationToken);
            Identify(_facts);
            return (connection, handshake, null);
        }
        catch (MonitorLostException e)
        {
            Reason = e.Message;
            context.Metrics.ConnectFailed();
            return (connection, null, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    private void Identify(MonitorFacts facts)
    {
        var incarnation = facts.Uuid.Length > 0 ? facts.Uuid : $"{context.Epochs.EngineEpoch}-{_connection}";
        _origin = new(source, naming.Resolve(facts.Name, facts.Uuid), naming.Host, incarnation, context.Epochs.Of(_connection)) { Live = true };
        context.Metrics.Connected();
        Log.Connected(context.Logger, source, _origin.Vm, facts.Version);
    }

    private void Report(MonitorPhase phase) => context.Board.Report(new(source, _origin!.Vm, phase, epoch, null, Now(), naming.Labels));

    private async Task<(IEnumerable<SourceItem> Items, MonitorLostException? Lost)> StandByAsync(
        QmpConnection connection, Voice voice, IReadOnlyList<QmpMessage.Event> held, CancellationToken cancellationToken)
    {
        Log.StandsBy(context.Logger, source, _origin!.Vm);
        var end = await new Standby(context, connection, voice).RunAsync(held, _facts!, cancellationToken);
        if (!voice.Speaks) return ([], end.Lost);
        _origin = _origin with { Vm = voice.Identity.Vm, Host = voice.Identity.Host };
        Log.SpeaksUp(context.Logger, source, _origin.Vm);
        Report(MonitorPhase.Connected);
        return (Rising(voice, end), end.Lost);
    }

    // It goes on where the other stopped, so that nothing was lost, unless it was too far ahead to keep everything.
    private IEnumerable<SourceItem> Rising(Voice voice, Standby.End end)
    {
        if (!end.Whole) yield return Item(MonitorEvents.Lost(Now(), source, "another monitor was lost with more unread than this one has kept"));
        if (end.Facts is not null) yield return Item(MonitorEvents.Connected(Now(), source, _origin!.Epoch, end.Facts));
        foreach (var e in end.Events)
        {
            if (voice.Says(e)) yield return Item(e, foldable: true);
        }

        if (end.Facts is not null) yield return Item(MonitorEvents.Resynced(Now(), end.Facts));
    }

    // The status stands where it was told: what came before it is in it, what came after is not.
    private IEnumerable<SourceItem> Opening(QmpHandshake handshake)
    {
        yield return Item(MonitorEvents.Connected(Now(), source, _origin!.Epoch, _facts!));
        foreach (var e in handshake.Held.Take(handshake.BeforeStatus)) yield return Item(e.Value, foldable: true);
        yield return Item(MonitorEvents.Resynced(Now(), _facts!));
        foreach (var e in handshake.Held.Skip(handshake.BeforeStatus)) yield return Item(e.Value, foldable: true);
    }

    // What Qualm says of a monitor is never folded.
    private SourceItem.Event Item(QmpEvent e, bool foldable = false)
    {
        var n = ++_n;
        return new(new(e, _origin!, EventIds.OfConnection(_origin!.Incarnation, context.Epochs.EngineEpoch, _connection, n), n)) { Foldable = foldable };
    }

    private SourceItem.Garbage? Garbage(MonitorLostException? lost) => lost is null || lost.Garbage.IsEmpty
        ? null
        : new(new(source, 0, 0, lost.Message, lost.Garbage,
            EventIds.OfGarbage(source, context.Epochs.EngineEpoch, _connection, lost.Garbage.Span)));

    private Instant Now() => Instant.From(context.Time.GetUtcNow());
}
