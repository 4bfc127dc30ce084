using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;
using Qualm.Store.Snapshots;
using Qualm.Store.Writing;

namespace Qualm.Engine.Snapshotting;

/// <summary>
/// The snapshots that state may be taken up from. One that is damaged, of another format or not of this log is passed over with a line that
/// says why, once; state then comes from an older one, or from the log alone.
/// </summary>
/// <param name="compile">Compiles a recorded rule set.</param>
internal sealed class SnapshotShelf(StoreHost store, EventCatalogue catalogue, Func<RuleSetText, RuleSet> compile, ILogger logger)
{
    private readonly SnapshotStore _snapshots = new(store);
    private readonly string _catalogue = CatalogueDigest.Of(catalogue);
    private readonly HashSet<long> _discarded = [];
    private readonly Lock _lock = new();

    /// <summary>State taken up, and what follows it in the log.</summary>
    /// <param name="Turn">Of the snapshot.</param>
    /// <param name="Activations">Behind it.</param>
    public sealed record Base(long Turn, Timeline Timeline, Decisions Decisions, Activations Activations);

    /// <summary>The rule set that runs at the end of the log, found without reading more of it than a tail where that is possible.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<RuleSetText?> FindActiveAsync(Progress progress, CancellationToken cancellationToken)
    {
        var reader = new LogReader(store);
        foreach (var (head, about) in await ListAsync(progress, cancellationToken))
        {
            if (await ReadActivationsAsync(reader, head, about, progress, cancellationToken) is { } activations) return activations.Active;
        }

        return (await Activations.ReadAsync(reader, progress.Position, cancellationToken)).Active;
    }

    /// <summary>State from the newest snapshot that can be used.</summary>
    /// <param name="progress">Up to where the log is read.</param>
    /// <param name="coming">An activation that follows what the log holds; null when none does.</param>
    /// <param name="before">Only snapshots of turns before this one.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<Base?> TakeAsync(Progress progress, StampedInput.Activation? coming, long before, CancellationToken cancellationToken)
    {
        var reader = new LogReader(store);
        foreach (var (head, about) in await ListAsync(progress, cancellationToken))
        {
            if (head.Turn >= before || await ReadActivationsAsync(reader, head, about, progress, cancellationToken) is not { } activations) continue;
            if (coming is not null) activations.Add(coming);

            // Whoever takes over later is fed from there on, and everything fed must come from the log.
            if (activations.WarmedFrom <= head.Clock) continue;
            if (await TryRestoreAsync(head, about, activations, cancellationToken) is { } found) return found;
        }

        return null;
    }

    /// <summary>Has a snapshot not be looked at again.</summary>
    public void Discard(long turn, string why)
    {
        lock (_lock)
        {
            if (!_discarded.Add(turn)) return;
        }

        Log.SnapshotDiscarded(logger, turn, why);
    }

    private async Task<Base?> TryRestoreAsync(SnapshotHead head, SnapshotAbout about, Activations activations, CancellationToken cancellationToken)
    {
        try
        {
            var pieces = await _snapshots.ReadAsync(head, cancellationToken);
            var timeline = SnapshotImage.Restore(head, about, pieces, catalogue, activations.Before is { } active ? compile(active) : Configuration.CompiledRules.None);
            var found = new Base(head.Turn, timeline, Decisions.After(head.Digest.Span), activations);
            activations.ForeseeOn(timeline, compile);
            return found;
        }
        catch (Exception fault) when (fault is not (StoreException or OperationCanceledException))
        {
            // Of bytes whose checksum is right only a fault of ours makes something else than this; the log has the state all the same.
            Discard(head.Turn, fault is StateFormatException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}");
            return null;
        }
    }

    // Those that are of this log and of this engine's kind.
    private async Task<IReadOnlyList<(SnapshotHead Head, SnapshotAbout About)>> ListAsync(Progress progress, CancellationToken cancellationToken)
    {
        var usable = new List<(SnapshotHead, SnapshotAbout)>();
        foreach (var head in await _snapshots.ListAsync(cancellationToken))
        {
            lock (_lock)
            {
                if (_discarded.Contains(head.Turn)) continue;
            }

            // Of a turn since then: while it is derived up to one, the log goes on.
            if (head.Turn > progress.Turn) continue;
            try
            {
                var about = SnapshotAbout.Read(head.About.Span);
                var why = about.Refuse(_catalogue) ?? Contradiction(head, progress);
                if (why is null) usable.Add((head, about));
                else Discard(head.Turn, why);
            }
            catch (StateFormatException damage)
            {
                Discard(head.Turn, damage.Message);
            }
        }

        return usable;
    }

    private static string? Contradiction(SnapshotHead head, Progress progress) =>
        head.Position > progress.Position || head.Clock > progress.Clock ? "it is of a place that the log has not come to"
        : head.Turn == progress.Turn && !head.Digest.Span.SequenceEqual(progress.Digest.Span) ? "its decisions are not those recorded"
        : null;

    private async Task<Activations?> ReadActivationsAsync(LogReader reader, SnapshotHead head, SnapshotAbout about, Progress progress, CancellationToken cancellationToken)
    {
        var activations = await Activations.ReadAsync(reader, new Position(about.ActivatedBy), about.Rules, head.Position, progress.Position, cancellationToken);
        if (activations is null) Discard(head.Turn, "the log does not hold the rules it was taken under");
        return activations;
    }
}
