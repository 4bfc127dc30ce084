using Microsoft.Extensions.Logging;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Standby;

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

    private LeaseKeeper(LeaseStore leases, long epoch, Action superseded, TimeProvider time, ILogger logger)
    {
        (_leases, _epoch, _time, _logger) = (leases, epoch, time, logger);
        _run = RunAsync(superseded, _stop.Token);
    }

    /// <param name="superseded">Called when another engine leads by now.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public static async Task<LeaseKeeper> BeginAsync(StoreHost store, long epoch, Action superseded, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var leases = new LeaseStore(store);
        await leases.BeginAsync(epoch, ProcessMark.Own.ToText(), cancellationToken);
        return new LeaseKeeper(leases, epoch, superseded, time, logger);
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
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (await _leases.RenewAsync(_epoch, cancellationToken)) continue;
                    superseded();
                    return;
                }
                catch (StoreException e)
                {
                    Log.LeaseNotRenewed(_logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }
}
