using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>A connected monitor while another speaks for its VM: read all the time, so that QEMU need not buffer, and silent.</summary>
internal sealed class Standby(MonitorContext context, QmpConnection connection, Voice voice)
{
    private const string Id = "qualm-standby";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private Task<QmpMessage>? _reading;

    /// <summary>How it ended.</summary>
    /// <param name="Events">What nobody has said, in order, up to the status.</param>
    /// <param name="Facts">With the VM's status as of now; null when the monitor was lost before it told.</param>
    /// <param name="Whole">Whether the events are all since the other was lost.</param>
    /// <param name="Lost">Why it is lost; null when it speaks from now on.</param>
    public sealed record End(IReadOnlyList<QmpEvent> Events, MonitorFacts? Facts, bool Whole, MonitorLostException? Lost);

    /// <summary>Waits for its turn to speak, or until the monitor is lost.</summary>
    /// <param name="held">Events of the handshake.</param>
    public async Task<End> RunAsync(IReadOnlyList<QmpMessage.Event> held, MonitorFacts facts, CancellationToken cancellationToken)
    {
        foreach (var e in held) context.Voices.Hears(voice, e.Value);
        try
        {
            while (!voice.Speaks)
            {
                if (await NextAsync(cancellationToken) is QmpMessage.Event e) context.Voices.Hears(voice, e.Value);
            }
        }
        catch (MonitorLostException lost) when (!voice.Speaks)
        {
            return new([], null, true, lost);
        }
        catch (MonitorLostException lost)
        {
            // Both went at once, as they do when QEMU ends.
            return new(context.Voices.TakeHeard(voice, out var all), null, all, lost);
        }

        return await RiseAsync(facts, cancellationToken);
    }

    // The VM may have changed unseen when the other was lost: its status is asked for, and stands where it was told.
    private async Task<End> RiseAsync(MonitorFacts facts, CancellationToken cancellationToken)
    {
        List<QmpEvent> events = [.. context.Voices.TakeHeard(voice, out var whole)];
        using var patience = new CancellationTokenSource(context.Options.CommandTimeout, context.Time);
        using var giveUp = patience.Token.Register(() => connection.Abort($"no answer to query-status within {context.Options.CommandTimeout.TotalSeconds} s"));
        try
        {
            connection.Send(QmpHandshake.Command("query-status", Id));
        }
        catch (MonitorLostException)
        {
            // What it sent before it went is still to be read.
        }

        try
        {
            while (true)
            {
                var message = await (_reading ?? connection.ReadAsync(cancellationToken).AsTask());
                _reading = null;
                switch (message)
                {
                    case QmpMessage.Return { Id: Id } status:
                        return new(events, facts with { Status = QmpHandshake.Text(status, "status") ?? "unknown", Running = QmpHandshake.Flag(status, "running") }, whole, null);
                    case QmpMessage.Error { Id: Id }:
                        return new(events, facts with { Status = "unknown", Running = false }, whole, null);
                    case QmpMessage.Event e when events.Count >= context.Options.HeldEvents:
                        events.Add(e.Value);
                        throw new MonitorLostException($"{events.Count} events came before the VM had said how it is");
                    case QmpMessage.Event e:
                        events.Add(e.Value);
                        break;
                }
            }
        }
        catch (MonitorLostException lost)
        {
            return new(events, null, whole, lost);
        }
    }

    // Null when something else than a message ended the waiting.
    private async Task<QmpMessage?> NextAsync(CancellationToken cancellationToken)
    {
        _reading ??= connection.ReadAsync(cancellationToken).AsTask();
        if (!_reading.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var waiting = context.Voices.IsAhead(voice)
                ? Task.WhenAny(_reading, voice.Turn, Task.Delay(LookEvery, context.Time, enough.Token))
                : Task.WhenAny(_reading, voice.Turn);
            await waiting;
            await enough.CancelAsync();
        }

        context.Voices.Look(voice);
        if (!_reading.IsCompleted) return null;
        var message = await _reading;
        _reading = null;
        return message;
    }
}
