using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Pipeline;

/// <summary>
/// Carries the items of one source into its queue, waiting while it is full, until the source has ended. One that faults is
/// read again. As there are thousands, all of it is one method, and what only faults need is made with the first.
/// </summary>
/// <param name="pumps">Left at the end.</param>
internal sealed class SourcePump(IEventSource source, SourcePort port, SourcePort.Surroundings around, FairDrain drain, Underway pumps)
{
    // Bounds how long items wait for the drain while the source has more at hand.
    private const int SilentItems = 64;

    private Supervisor? _supervisor;

    /// <summary>Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var ended = false;
        while (!ended && !cancellationToken.IsCancellationRequested)
        {
            var started = around.Time.GetTimestamp();
            try
            {
                await using var items = source.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                for (var silent = 0; ; silent++)
                {
                    var next = items.MoveNextAsync();
                    if (silent > 0 && (!next.IsCompleted || silent >= SilentItems))
                    {
                        silent = 0;
                        drain.Ready(port);
                    }

                    if (!await next) break;
                    var item = items.Current;
                    around.Metrics.Received(item);
                    while (!port.Queue.TryAdd(item))
                    {
                        drain.Ready(port);

                        // Not cancelled: what a source has given away is recorded, also while stopping.
                        await port.Queue.RoomAsync();
                    }
                }

                ended = true;
            }
            catch (Exception fault)
            {
                drain.Ready(port);
                ended = !await Supervisor().RestAsync(fault, started, cancellationToken);
            }
        }

        port.Close();
        drain.Ready(port);
        pumps.Leave();
    }

    private Supervisor Supervisor() => _supervisor ??= new(
        source.Name, around.Options.FirstRestart, around.Options.LongestRestart, around.Time, around.Metrics, around.Logger);
}
