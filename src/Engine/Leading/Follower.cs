using Microsoft.Extensions.Logging;
using Qualm.Engine.Snapshotting;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Leading;

/// <summary>Keeps a timeline as warm as the leader's, by reading the log as it grows.</summary>
/// <param name="shelf">Snapshots that it may begin with.</param>
/// <param name="compile">Compiles a recorded rule set.</param>
internal sealed class Follower(StoreHost store, SnapshotShelf shelf, Func<RuleSetText, RuleSet> compile, ILogger logger)
{
    private Task<Derivation?> _run = Task.FromResult<Derivation?>(null);
    private long _turn = -1;

    /// <summary>Reads what is new, unless it is reading. Never throws.</summary>
    public void GoOn(CancellationToken cancellationToken)
    {
        if (!_run.IsCompleted) return;
        var before = _run.Result;
        _run = Task.Run(() => GoOnAsync(before, cancellationToken), CancellationToken.None);
    }

    /// <summary>The timeline as far as it has come; null when there is none. It is the caller's from now on.</summary>
    public async Task<Derivation?> TakeAsync()
    {
        var derivation = await _run;
        _run = Task.FromResult<Derivation?>(null);
        return derivation;
    }

    // After a fault nobody knows what was taken in.
    private async Task<Derivation?> GoOnAsync(Derivation? derivation, CancellationToken cancellationToken)
    {
        try
        {
            var progress = await new ProgressReader(store).ReadAsync(cancellationToken);
            if (derivation is null)
            {
                derivation = await Derivation.RunAsync(store, progress, compile, shelf, null, cancellationToken);
                Log.CaughtUp(logger, progress.Turn, progress.Epoch);
            }
            else if (progress.Turn != _turn)
            {
                await derivation.GoOnAsync(progress, cancellationToken);
            }

            _turn = progress.Turn;

            // Rules that look back have been reloaded: the next look reads the past anew.
            return derivation.HasMissedWarming ? null : derivation;
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            return null;
        }
    }
}
