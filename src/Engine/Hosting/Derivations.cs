using Microsoft.Extensions.Logging;
using Qualm.Engine.Snapshotting;
using Qualm.Engine.Serving;
using Qualm.Engine.Serving.Tracing;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Engine.Hosting;

/// <summary>Derives the live timeline, from a snapshot and the log behind it: when the service starts, after a failure, and, beside the loop, ahead of a reload.</summary>
/// <param name="shelf">Where the snapshots are.</param>
/// <param name="compile">Compiles a recorded rule set.</param>
/// <param name="observed">Whether somebody looks on.</param>
internal sealed class Derivations(StoreHost store, TurnWriter writer, SnapshotShelf shelf, Func<RuleSetText, RuleSet> compile, bool observed, ILogger logger)
{
    /// <summary>What is left for the loop to catch up with, in positions of the log, while sources wait.</summary>
    private const long Near = 5_000;

    /// <summary>Under load the log grows while it is read; so often it is followed.</summary>
    private const int Rounds = 5;

    private Prepared? _prepared;
    private int _generation = -1;

    /// <summary>Told how far the log has been read; null where nobody wants to know.</summary>
    public ServiceHealth? Health { get; init; }

    /// <summary>A timeline that was derived while another engine led, to begin with instead of deriving one. Null when there is none.</summary>
    public Derivation? Warm { get; set; }

    /// <summary>What the loop goes by at present; null before the first.</summary>
    public Derivation? Current { get; private set; }

    /// <summary>The clock of the log. From any thread.</summary>
    public Instant Clock => writer.Progress.Clock;

    /// <summary>Derives the timeline up to what is committed. For the loop.</summary>
    /// <param name="coming">The activation that it must be ready for; null for none.</param>
    public async Task<LiveTurn> DeriveAsync(StampedInput.Activation? coming, CancellationToken cancellationToken)
    {
        using var trace = Traces.Derivation();
        var (before, failed) = (Current?.Timeline, _generation != writer.Generation);
        _generation = writer.Generation;
        if (coming is not null) Warm = null;
        var derivation = Take(coming);
        if (derivation is not null) await derivation.GoOnAsync(writer.Progress, cancellationToken);
        if (derivation is { Agrees: true })
        {
            if (!failed && before is not null) Publish(derivation.Timeline, before);
        }
        else
        {
            derivation = await Derivation.RunAsync(store, writer.Progress, compile, shelf, coming, cancellationToken, Health is { } health ? health.Deriving : null);
            if (Current is not null) Log.StateDerived(logger, derivation.Origin, derivation.Fed);
        }

        trace?.SetTag("qualm.derivation.inputs", derivation.Fed);
        if (!derivation.Agrees) Log.DecidesOtherwise(logger);
        Current = derivation;
        return new LiveTurn(derivation.Timeline, derivation.Decisions, compile, writer.Epoch, observed);
    }

    /// <summary>Derives, beside the loop, the timeline that it will go on with when an activation comes.</summary>
    /// <param name="coming">Its stamp is not known yet.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task PrepareAsync(StampedInput.Activation coming, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _prepared, null);
        var progress = writer.Progress;
        var derivation = await Derivation.RunAsync(store, progress, compile, shelf, coming, cancellationToken);
        for (var round = 0; round < Rounds && writer.Progress.Position.Value - progress.Position.Value > Near; round++)
        {
            progress = writer.Progress;
            await derivation.GoOnAsync(progress, cancellationToken);
        }

        Volatile.Write(ref _prepared, new Prepared(coming.Rules.Digest, coming.WarmedFrom, derivation));
    }

    private Derivation? Take(StampedInput.Activation? coming)
    {
        if (coming is null)
        {
            var warm = Warm;
            Warm = null;
            return warm;
        }

        if (Volatile.Read(ref _prepared) is not { } prepared) return null;
        if (prepared.Digest != coming.Rules.Digest || prepared.WarmedFrom != coming.WarmedFrom) return null;
        Volatile.Write(ref _prepared, null);
        return prepared.Derivation;
    }

    // Everything but what still waits is published already.
    private static void Publish(Timeline timeline, Timeline before)
    {
        timeline.Changes!.Clear();
        foreach (var waiting in before.Changes!.Take())
        {
            if (waiting.IsHost && timeline.Fleet.FindHost(waiting.Id) is { } host) timeline.Changes.Mark(host);
            else if (!waiting.IsHost && timeline.Fleet.FindVm(waiting.Id) is { } vm) timeline.Changes.Mark(vm);
        }
    }

    private sealed record Prepared(string Digest, Instant? WarmedFrom, Derivation Derivation);
}
