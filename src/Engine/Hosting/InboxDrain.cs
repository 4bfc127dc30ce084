using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Store;
using Qualm.Store.Inbox;

namespace Qualm.Engine.Hosting;

/// <summary>Leads commands that other processes left in the inbox into the queue of all inputs. The turn that records one takes it out.</summary>
internal sealed class InboxDrain(InboxStore inbox, IngestPipeline pipeline, TimeProvider time, ILogger logger)
{
    /// <summary>Kind of an acknowledgement in the inbox.</summary>
    public const string Acknowledge = "ack";

    private const int Most = 100;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    // On their way: they stay in the inbox until they are recorded.
    private readonly HashSet<long> _queued = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do await DrainAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // What is left waits for the next start.
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            var waiting = await inbox.ReadAsync(Most, cancellationToken);
            _queued.IntersectWith(waiting.Select(c => c.Id));
            foreach (var command in waiting)
            {
                if (!_queued.Add(command.Id)) continue;
                var what = Read(command);
                await pipeline.EnqueueAsync(stamp => new StampedInput.Command(stamp, what, command.Id), cancellationToken);
            }
        }
        catch (StoreException e)
        {
            Log.InboxUnread(logger, e.Message);
        }
    }

    private static OperatorCommand Read(InboxCommand command)
    {
        var why = $"no command is called '{command.Kind}'";
        try
        {
            if (command.Kind == Acknowledge) return EngineEvents.ReadAcknowledge(command.Body);
        }
        catch (JsonException e)
        {
            why = e.Message;
        }

        return new OperatorCommand.NotUnderstood(new Quarantined("inbox", 0, 0, why, command.Body, EventIds.OfText("inbox", $"{command.Id}")));
    }
}
