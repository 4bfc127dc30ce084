using Microsoft.Extensions.Logging;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Leading;

/// <summary>Gives the leader's signs of life, until it is disposed; then says that it has ended.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    private readonly LeaseStore _leases;
    private readonly long _epoch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <param name="superseded">Called when another engine leads by now.</param>
    public LeaseKeeper(StoreHost store, long epoch, Action superseded, TimeProvider time, ILogger logger)
    {
        (_leases, _epoch, _time, _logger) = (new LeaseStore(store), epoch, time, logger);
        _run = RunAsync(superseded, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        try
        {
            using var patience = new CancellationTokenSource(FarewellPatience, _time);
            await _leases.ReleaseAsync(_epoch, patience.Token);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // Whoever follows waits for a sign in vain, for a few seconds.
        }

        _stop.Dispose();
    }

    private async Task RunAsync(Action superseded, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            var begun = false;
            do
            {
                try
                {
                    if (!begun) await _leases.BeginAsync(_epoch, ProcessMark.Own.ToText(), cancellationToken);
                    else if (!await _leases.RenewAsync(_epoch, cancellationToken)) break;
                    begun = true;
                }
                catch (StoreException e)
                {
                    Log.LeaseNotRenewed(_logger, e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));

            superseded();
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }
}
