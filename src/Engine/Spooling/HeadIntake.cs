using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Takes a spool in as the log's head: with its own stamps, behind all that is committed.</summary>
/// <param name="epoch">Of the engine that takes it in.</param>
/// <param name="committed">The clock of all that is committed: what was stamped up to then is on record.</param>
internal sealed class HeadIntake(SpoolFolder folder, string identity, long epoch, TurnLoop loop, Instant committed, SpoolMetrics metrics, ILogger logger)
{
    private readonly Queue<SpoolDamage> _gaps = [];
    private readonly Instant _committed = committed;
    private Instant _last = committed;
    private long _taken;
    private long _known;

    public async Task RunAsync(int atOnce, CancellationToken cancellationToken)
    {
        var segments = new LeftSegments(folder, identity, metrics, logger);
        foreach (var (inputs, damage) in segments.Read(atOnce))
        {
            if (damage is not null) await MarkAsync(damage, cancellationToken);
            else await TakeAsync(inputs, cancellationToken);
        }

        while (_gaps.Count > 0) await TellAsync(_gaps.Dequeue(), Instant.MaxValue, cancellationToken);
        await loop.FlushAsync(cancellationToken);
        segments.Remove();
        Log.TakenIn(logger, folder.Epoch, _taken, _known);
    }

    private async Task TakeAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        var fresh = inputs[0].Stamp > _committed ? inputs : inputs.Where(input => input.Stamp > _committed).ToArray();
        _known += inputs.Count - fresh.Count;
        if (fresh.Count == 0) return;
        while (_gaps.TryPeek(out var damage) && await TellAsync(damage, fresh[0].Stamp, cancellationToken)) _gaps.Dequeue();
        await loop.TakeAsync(fresh, cancellationToken);
        _taken += fresh.Count;
        _last = fresh[^1].Stamp;
    }

    // At least one stamp was lost with what was damaged, and is free.
    private async Task MarkAsync(SpoolDamage damage, CancellationToken cancellationToken)
    {
        _gaps.Enqueue(damage);
        await PutAsync([SpoolGap.Quarantine(damage, folder.AsideOf(damage.File), new Instant(_last.Micros + 1))], cancellationToken);
    }

    // False when there is no room for it before the next input.
    private async Task<bool> TellAsync(SpoolDamage damage, Instant before, CancellationToken cancellationToken)
    {
        await loop.FlushAsync(cancellationToken);
        var timeline = await loop.StartAsync(null, cancellationToken);
        var losses = SpoolGap.Losses(timeline.Fleet, folder.AsideOf(damage.File), epoch, _last);
        if (losses.Count > 0 && losses[^1].Stamp >= before) return false;
        await PutAsync(losses, cancellationToken);
        return true;
    }

    private async Task PutAsync(IReadOnlyList<StampedInput> inputs, CancellationToken cancellationToken)
    {
        var fresh = inputs.Where(input => input.Stamp > _committed).ToArray();
        if (fresh.Length > 0) await loop.TakeAsync(fresh, cancellationToken);
        if (inputs.Count > 0) _last = inputs[^1].Stamp;
    }
}
