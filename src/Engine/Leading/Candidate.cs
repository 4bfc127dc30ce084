using Microsoft.Extensions.Logging;
using Qualm.Engine.Serving;
using Qualm.Engine.Spooling;
using Qualm.Engine.Turns;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Leading;

/// <summary>
/// An engine that is to lead a store. As long as another does, it stands by: it follows the log, connects no source, and takes over when the
/// leader has ended, its process is gone, or it gives no sign of life.
/// </summary>
/// <param name="mayWait">Whether to stand by; else another leader is an error.</param>
/// <param name="follower">Keeps warm what is taken over.</param>
/// <param name="revive">Starts the database again, if that is ours to do.</param>
/// <param name="health">Told while it stands by.</param>
internal sealed class Candidate(
    StoreHost store, bool mayWait, Follower follower, Func<CancellationToken, Task> revive, Outage outage, ServiceHealth health, TimeProvider time, ILogger logger)
{
    /// <summary>A leader that gives no sign for so long is taken for dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly LeaseStore _leases = new(store);
    private readonly LeaseWatch _watch = new(Lease, time);
    /// <summary>Called when it begins to stand by. Must be quick.</summary>
    public Action? StandsBy { get; init; }

    /// <summary>The process that led before and may still be there; null when it ended in order, or nobody knows.</summary>
    public ProcessMark? Deposed { get; private set; }

    private long _behind = -1;
    private string? _said;
    private string? _note;

    /// <summary>Returns once this engine leads.</summary>
    /// <returns>The writer, and the timeline as it was followed; null when there was nothing to follow.</returns>
    /// <exception cref="WriterBusyException">Another leads, and standing by is not wanted.</exception>
    /// <exception cref="StoreUnavailableException">The database is away for a reason that time does not cure.</exception>
    public async Task<(TurnWriter Writer, Derivation? Warm)> LeadAsync(CancellationToken cancellationToken)
    {
        if (!mayWait) return (await TurnWriter.AcquireAsync(store, new TurnWriterOptions(), cancellationToken), null);
        while (true)
        {
            try
            {
                if (await TryLeadAsync(cancellationToken) is { } writer) return (writer, await follower.TakeAsync());
                outage.End();
                if (_note is { } note) health.Standby(note);
                follower.GoOn(cancellationToken);
            }
            catch (StoreUnavailableException e) when (e is { IsTransient: true, IsRefusal: false })
            {
                if (_said != e.Message) Log.StandbyBlind(logger, e.Message);
                _said = e.Message;
                await ReviveAsync(cancellationToken);
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private async Task<TurnWriter?> TryLeadAsync(CancellationToken cancellationToken)
    {
        var lease = await _leases.ReadAsync(cancellationToken);
        if (_watch.Look(lease) is not { } why)
        {
            StandBehind(lease!);
            return null;
        }

        var holder = Describe(lease);
        if (lease is { Released: false }) await EndHolderAsync(lease.Epoch, holder, cancellationToken);
        try
        {
            var writer = await TurnWriter.AcquireAsync(store, new TurnWriterOptions(), cancellationToken);
            if (lease is { Released: false }) Deposed = ProcessMark.Parse(lease.Holder);
            if (_behind >= 0 || lease is { Released: false }) Log.TakingOver(logger, holder, writer.Progress.Turn + 1, why);
            return writer;
        }
        catch (WriterBusyException e)
        {
            // Another candidate was quicker, or an engine writes that knows no lease.
            if (_behind != (lease?.Epoch ?? 0)) Log.StandingBy(logger, e.ApplicationName, "before");
            _note = $"{e.ApplicationName} leads";
            _behind = lease?.Epoch ?? 0;
            return null;
        }
    }

    private async Task EndHolderAsync(long epoch, string holder, CancellationToken cancellationToken)
    {
        try
        {
            await _leases.EndHolderAsync(epoch, cancellationToken);
        }
        catch (StoreUnavailableException e) when (e.IsRefusal)
        {
            Log.HolderNotEnded(logger, holder, e.Message);
        }
    }

    private void StandBehind(LeaseState lease)
    {
        if (_behind == lease.Epoch) return;
        if (_behind < 0) StandsBy?.Invoke();
        _behind = lease.Epoch;
        Log.StandingBy(logger, Describe(lease), lease.Since.ToString());
        _note = $"{Describe(lease)} leads since {lease.Since}";
    }

    private async Task ReviveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await revive(cancellationToken);
        }
        catch (StoreUnavailableException e) when (e.IsTransient)
        {
            // The next look says so.
        }
    }

    private static string Describe(LeaseState? lease) => lease is null ? "an earlier engine" : ProcessMark.Parse(lease.Holder)?.Describe() ?? lease.Holder;
}
