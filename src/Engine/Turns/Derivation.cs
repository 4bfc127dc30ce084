using System.Globalization;
using Qualm.Engine.Configuration;
using Qualm.Engine.Snapshotting;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>
/// Derives a live timeline from the log, or from a snapshot and what the log holds behind it: what was decided before is decided again,
/// compared by digest, and not written again. It may be led on as the log grows, on one thread at a time, until it takes part in it.
/// </summary>
internal sealed class Derivation
{
    private const LogKinds Inputs = LogKinds.Live | LogKinds.Engine;

    private readonly LogReader _reader;
    private readonly History _history;
    private Action<long, long>? _told;
    private Position _read;

    private Derivation(StoreHost store, Timeline timeline, Decisions decisions, Func<RuleSetText, RuleSet> compile)
    {
        (_reader, Timeline, Decisions, _read, InputsBefore) = (new LogReader(store), timeline, decisions, timeline.Position, timeline.Inputs);
        PositionBefore = timeline.Position;
        _history = new History(timeline, decisions, compile);
    }

    /// <summary>At the saved clock, with every VM and host that the log knows marked as changed.</summary>
    public Timeline Timeline { get; }

    /// <summary>Their digest is that of the whole log.</summary>
    public Decisions Decisions { get; }

    /// <summary>Turn of the snapshot that it began with; null when it is from the log alone.</summary>
    public long? FromTurn { get; private init; }

    /// <summary>Of the newest input in that snapshot.</summary>
    public Position PositionBefore { get; }

    /// <summary>How many inputs the log holds up to that snapshot.</summary>
    public long InputsBefore { get; }

    /// <summary>How many inputs the log holds.</summary>
    public long Fed => _history.Fed;

    /// <summary>What it was derived from, for people.</summary>
    public string Origin =>
        FromTurn is { } turn ? string.Create(CultureInfo.InvariantCulture, $"from the snapshot of turn {turn} and {Fed - InputsBefore} inputs after it") : "from the log alone";

    /// <summary>Whether the decisions derived are those that were recorded, and those to come will be: rules that were reloaded while it was led on may have a past that it has passed.</summary>
    public bool Agrees { get; private set; } = true;

    /// <inheritdoc cref="History.HasMissedWarming"/>
    public bool HasMissedWarming => _history.HasMissedWarming;

    /// <summary>Derives a timeline as it was after the last committed turn, from the log alone.</summary>
    /// <param name="compile">Compiles a recorded rule set.</param>
    /// <param name="coming">An activation that follows what the log holds; null when none does.</param>
    /// <param name="told">Told how many positions have been read, and of how many; null where nobody wants to know.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public static async Task<Derivation> RunAsync(
        StoreHost store, Progress progress, Func<RuleSetText, RuleSet> compile, StampedInput.Activation? coming, CancellationToken cancellationToken, Action<long, long>? told = null)
    {
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None), new PublishedSet());
        var derivation = new Derivation(store, timeline, new Decisions(), compile) { _told = told };
        told?.Invoke(0, progress.Position.Value);
        var activations = await Activations.ReadAsync(derivation._reader, progress.Position, cancellationToken);
        if (coming is not null) activations.Add(coming);
        activations.ForeseeOn(timeline, compile);
        await derivation.GoOnAsync(progress, cancellationToken);
        return derivation;
    }

    /// <summary>Derives a timeline as it was after the last committed turn, from the newest snapshot that agrees with the record, else from the log alone.</summary>
    /// <param name="shelf">Where the snapshots are.</param>
    /// <inheritdoc cref="RunAsync(StoreHost, Progress, Func{RuleSetText, RuleSet}, StampedInput.Activation?, CancellationToken, Action{long, long})"/>
    public static async Task<Derivation> RunAsync(
        StoreHost store, Progress progress, Func<RuleSetText, RuleSet> compile, SnapshotShelf shelf, StampedInput.Activation? coming, CancellationToken cancellationToken,
        Action<long, long>? told = null)
    {
        for (var before = long.MaxValue; await shelf.TakeAsync(progress, coming, before, cancellationToken) is { } found; before = found.Turn)
        {
            var derivation = new Derivation(store, found.Timeline, found.Decisions, compile) { FromTurn = found.Turn, _told = told };
            derivation.MarkAll();
            await derivation.GoOnAsync(progress, cancellationToken);
            if (derivation.Agrees) return derivation;
            shelf.Discard(found.Turn, "what follows from it are not the decisions recorded");
        }

        return await RunAsync(store, progress, compile, coming, cancellationToken, told);
    }

    /// <summary>Takes in what was committed since.</summary>
    /// <exception cref="StoreUnavailableException">The database is away; what was taken in by then is unknown.</exception>
    public async Task GoOnAsync(Progress progress, CancellationToken cancellationToken)
    {
        var query = new LogQuery { Kinds = Inputs, After = _read, UpTo = progress.Position };
        await foreach (var batch in _reader.ReadAsync(query, cancellationToken))
        {
            _history.Feed(batch);
            Decisions.Forget();
            _told?.Invoke(Timeline.Position.Value, progress.Position.Value);
        }

        _read = progress.Position;
        Timeline.AdvanceTo(progress.Clock, Decisions);
        Decisions.Forget();
        Agrees = !HasMissedWarming && (progress.Digest.IsEmpty || progress.Digest.Span.SequenceEqual(Decisions.Digest.Span));
    }

    private void MarkAll()
    {
        foreach (var host in Timeline.Fleet.Hosts) Timeline.Changes!.Mark(host);
        foreach (var vm in Timeline.Fleet.Vms) Timeline.Changes!.Mark(vm);
    }
}
