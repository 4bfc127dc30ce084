using Microsoft.Extensions.Logging;
using Qualm.Engine.Configuration;
using Qualm.Engine.Spooling;
using Qualm.Model;
using Qualm.Store;

namespace Qualm.Engine.Hosting;

/// <summary>Opens the store when the service starts, and waits for one that is away: without it nobody knows the log's clock, so nothing can be stamped.</summary>
internal static class StoreStart
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <exception cref="StoreUnavailableException">It is away for a reason that time does not cure, or that a person must.</exception>
    public static async Task<StoreHost> OpenAsync(QualmConfig config, Outage outage, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        string? said = null;
        var pauses = new Pauses(FirstPause, LongestPause);
        while (true)
        {
            try
            {
                return await StoreHost.OpenAsync(StoreLocation.Of(config.Store, config.Data), time, cancellationToken);
            }
            catch (StoreUnavailableException e) when (e is { IsTransient: true, IsRefusal: false })
            {
                if (said != e.Message) Log.StartWaits(logger, e.Message);
                said = e.Message;
                outage.Begin(e.Message);
            }

            await Task.Delay(pauses.Next(), time, cancellationToken);
        }
    }
}
