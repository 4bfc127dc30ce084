using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Replaying;

/// <summary>
/// Replays what a store holds: what was imported, by event time, as one timeline; then the live record, as another, which ends at the clock
/// that was saved with it: what fell due after the last event was decided as well.
/// </summary>
internal static class StoreReplay
{
    /// <param name="rules">The set to judge by; null for those that were active when it was recorded, which imports have none of.</param>
    /// <param name="compile">Compiles a recorded set.</param>
    /// <returns>The timelines, each at the end of its inputs; imports first, those without inputs left out.</returns>
    public static async Task<IReadOnlyList<Timeline>> RunAsync(
        StoreHost store, RuleSet none, RuleSet? rules, Func<RuleSetText, RuleSet> compile, LogQuery range, IDecisionSink sink, CancellationToken cancellationToken)
    {
        var reader = new LogReader(store);
        var timelines = new List<Timeline>();
        if (rules is not null)
        {
            var imports = new Timeline(QmpCatalogue.Instance, new RuleSession(rules));
            await FeedAsync(reader.ReadImportsAsync(range with { Kinds = LogKinds.Import }, cancellationToken), new History(imports, sink, null));
        }

        var clock = (await new ProgressReader(store).ReadAsync(cancellationToken)).Clock;
        var live = new Timeline(QmpCatalogue.Instance, new RuleSession(rules ?? none));
        if (rules is null) (await Activations.ReadAsync(reader, range.UpTo, cancellationToken)).ForeseeOn(live, compile);
        await FeedAsync(
            reader.ReadAsync(range with { Kinds = LogKinds.Live | LogKinds.Engine }, cancellationToken), new History(live, sink, rules is null ? compile : null));
        if (range.Until is null && timelines.Contains(live)) live.AdvanceTo(clock, sink);
        return timelines;

        async Task FeedAsync(IAsyncEnumerable<LogBatch> batches, History history)
        {
            await foreach (var batch in batches) history.Feed(batch);
            if (history.Fed > 0) timelines.Add(history.Timeline);
        }
    }
}
