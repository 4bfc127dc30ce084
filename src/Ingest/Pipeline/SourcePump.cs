using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Pipeline;

/// <summary>Carries the items of one source into its queue, waiting while it is full.</summary>
internal sealed class SourcePump(IEventSource source, SourcePort port, FairDrain drain, IngestMetrics metrics)
{
    // Bounds how long items wait for the drain while the source has more at hand.
    private const int SilentItems = 64;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var items = source.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var silent = 0;
        try
        {
            while (true)
            {
                var next = items.MoveNextAsync();
                if (silent > 0 && (!next.IsCompleted || silent >= SilentItems))
                {
                    silent = 0;
                    drain.Ready(port);
                }

                if (!await next) return;
                var item = items.Current;
                metrics.Received(item);
                while (!port.Queue.TryAdd(item))
                {
                    drain.Ready(port);

                    // Not cancelled: what a source has given away is recorded, also while stopping.
                    await port.Queue.RoomAsync();
                }

                silent++;
            }
        }
        finally
        {
            drain.Ready(port);
        }
    }
}
