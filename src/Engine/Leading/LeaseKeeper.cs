using Microsoft.Extensions.Logging;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Leading;

/// <summary>Gives the leader's signs of life, as long as it is at work, until this is disposed; then says that it has ended.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    private readonly LeaseStore _leases;
    private readonly long _epoch;
    private readonly Func<string?> _stuck;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private bool _silent;

    /// <param name="stuck">Why it is not at work; null while it is. One that hangs gives no sign, so that a standby takes over.</param>
    /// <param name="superseded">Called when another engine leads by now.</param>
    public LeaseKeeper(StoreHost store, long epoch, Func<string?> stuck, Action superseded, TimeProvider time, ILogger logger)
    {
        (_leases, _epoch, _stuck, _time, _logger) = (new LeaseStore(store), epoch, stuck, time, logger);
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
                    else if (!await RenewAsync(cancellationToken)) break;
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

    // False when another leads by now.
    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        var why = _stuck();
        if (why is not null && !_silent) Log.LeaseSilent(_logger, why);
        _silent = why is not null;
        if (!_silent) return await _leases.RenewAsync(_epoch, cancellationToken);
        return await _leases.ReadAsync(cancellationToken) is not { } lease || lease.Epoch <= _epoch;
    }
}
