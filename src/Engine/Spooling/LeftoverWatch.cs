using System.Threading.Channels;
using Qualm.Store;

namespace Qualm.Engine.Spooling;

/// <summary>Looks, while this engine leads, for spools that others of its data folder leave meanwhile: one that hung when this one took over, and woke.</summary>
internal sealed class LeftoverWatch(Leftovers leftovers, ILateSink sink, Outage outage, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // What is not committed by now stays for the next start, which sees what is.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (outage.Current is not null) return;
        try
        {
            await leftovers.TakeLateAsync(sink, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The spools stay until the store is back.
        }
    }
}
