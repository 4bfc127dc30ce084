using Microsoft.Extensions.Logging;
using Qualm.Model;
using Qualm.Store.Reading;

namespace Qualm.Engine.Spooling;

/// <summary>
/// Takes a spool in that is no longer the log's head: its events are recorded now, with stamps of now, their own event times and ids,
/// marked as late. What it says of monitors, rules and commands is about an engine that is over, and is left out.
/// </summary>
/// <param name="end">Where its epoch ends in the log: what was stamped up to then is on record.</param>
internal sealed class LateIntake(SpoolFolder folder, string identity, EpochEnd end, RecordedIds recorded, ILateSink sink, SpoolMetrics metrics, ILogger logger)
{
    private long _taken;
    private long _known;

    public async Task RunAsync(int atOnce, CancellationToken cancellationToken)
    {
        var segments = new LeftSegments(folder, identity, metrics, logger);
        foreach (var (inputs, damage) in segments.Read(atOnce))
        {
            if (damage is null) await TakeAsync([.. inputs.Where(IsLate)], cancellationToken);
            else await sink.TakeAsync([stamp => SpoolGap.Quarantine(damage, folder.AsideOf(damage.File), stamp)], cancellationToken);
        }

        await sink.SettleAsync(cancellationToken);
        segments.Remove();
        Log.TakenIn(logger, folder.Epoch, _taken, _known);
    }

    private bool IsLate(StampedInput input) => input.Stamp > end.Clock && input switch
    {
        StampedInput.Event e => e.Received.Origin.Vm.Length > 0 && e.Received.Event.Name is not ("MONITOR_CONNECTED" or "MONITOR_LOST" or "STATE_RESYNCED"),
        StampedInput.Garbage => true,
        _ => false,
    };

    private async Task TakeAsync(List<StampedInput> inputs, CancellationToken cancellationToken)
    {
        // An earlier attempt may have come half way.
        var known = await recorded.FindAsync([.. inputs.OfType<StampedInput.Event>().Select(e => e.Received.Id)], end.Position, cancellationToken);
        _known += inputs.RemoveAll(input => input is StampedInput.Event e && known.Contains(e.Received.Id));
        if (inputs.Count == 0) return;
        await sink.TakeAsync([.. inputs.Select(Late)], cancellationToken);
        _taken += inputs.Count;
    }

    private static Func<Instant, StampedInput> Late(StampedInput input) =>
        input is StampedInput.Event e ? stamp => e with { Stamp = stamp, Marks = e.Marks | EventMarks.Late } : stamp => input with { Stamp = stamp };
}
