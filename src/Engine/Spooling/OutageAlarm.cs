using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Qualm.Actions;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>
/// Tells people directly, past the outbox, that the store is away: an alert of Qualm's own with one deduplication key an outage, again every
/// while, resolved when all that has waited is committed. An outage that was told of survives the engine: the next run goes on with its key.
/// </summary>
/// <param name="receivers">Who is told.</param>
/// <param name="memory">Where the beginning of an outage that was told of is kept.</param>
/// <param name="waiting">Inputs and bytes in the spool.</param>
internal sealed class OutageAlarm(
    IReadOnlyList<IReceiver> receivers, OutageMemory memory, Outage outage, Func<(long Inputs, long Bytes)> waiting, SpoolOptions options, TimeProvider time, ILogger logger)
{
    public const string AlertName = "StoreAway";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly AlarmLane[] _lanes = [.. receivers.Select(receiver => new AlarmLane(receiver, time, logger))];
    private Instant? _told;
    private Instant _last;
    private int _times;

    /// <summary>Watches until it is cancelled, and then gives what is on its way a moment.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _told = memory.Read();
        if (_told is not null) (_last, _times) = (Instant.From(time.GetUtcNow()), 1);
        using var abort = new CancellationTokenSource();
        var lanes = Task.WhenAll(_lanes.Select(lane => lane.RunAsync(abort.Token)));
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do Look(Instant.From(time.GetUtcNow()));
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // What ended while the service stopped is told too.
        }

        Look(Instant.From(time.GetUtcNow()));
        foreach (var lane in _lanes) lane.Complete();
        abort.CancelAfter(options.Farewell);
        await lanes;
    }

    private void Look(Instant now)
    {
        if (outage.Current is { } away)
        {
            if (_times == 0 ? now - away.Since < options.Grace : now - _last < options.Reminder) return;
            if (_told is null) memory.Write(away.Since);
            (_told, _last, _times) = (away.Since, now, _times + 1);
            Send(TransitionKind.Firing, away.Since, now, Describe(away, now), null);
        }
        else if (_told is { } since)
        {
            memory.Forget();
            (_told, _times) = (null, 0);
            Send(TransitionKind.Resolved, since, now, $"The store is back, and all that had waited is recorded. It was away for {Length(now - since)}.", "condition");
        }
    }

    private string Describe(Outage.State away, Instant now)
    {
        var (inputs, bytes) = waiting();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Qualm's store has been away since {away.Since} ({Length(now - away.Since)}): {away.Why}. {inputs} inputs ({bytes / 1048576.0:0.0} MiB) wait in the spool; nothing is decided until it is back.");
    }

    private void Send(TransitionKind transition, Instant since, Instant now, string summary, string? reason)
    {
        var alert = new AlertTransition(
            AlertName, [], AlertId.Episode(AlertName, [], since), transition, Severity.Critical, since, now, summary,
            ImmutableSortedDictionary<string, string>.Empty.Add("summary", summary), ImmutableSortedDictionary<string, string>.Empty, null, [], "qualm", reason,
            [.. receivers.Select(r => r.Name)], Silent: false);
        foreach (var lane in _lanes) lane.Send(alert, Deliveries.For(alert).First(draft => draft.Receiver == lane.Name));
    }

    private static string Length(TimeSpan length) => length.ToString(length.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
