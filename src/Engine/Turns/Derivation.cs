using Qualm.Engine.Configuration;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>Derives a live timeline from the log alone: what was decided before is decided again, compared by digest, and not written again.</summary>
internal static class Derivation
{
    private const LogKinds Inputs = LogKinds.Live | LogKinds.Engine;

    /// <summary>A timeline as it was after the last committed turn.</summary>
    /// <param name="Timeline">At the saved clock.</param>
    /// <param name="Decisions">Their digest is that of the whole log.</param>
    /// <param name="ActiveRules">Digest of the rule set activated last; null before the first.</param>
    /// <param name="Inputs">How many inputs the log holds.</param>
    /// <param name="Agrees">Whether the decisions derived are those that were recorded.</param>
    public sealed record Derived(Timeline Timeline, Decisions Decisions, string? ActiveRules, long Inputs, bool Agrees);

    /// <param name="compile">Compiles a recorded rule set.</param>
    /// <param name="changes">Told of every VM and host that the log knows.</param>
    public static async Task<Derived> RunAsync(
        StoreHost store, Progress progress, Func<RuleSetText, RuleSet> compile, PublishedSet? changes, CancellationToken cancellationToken)
    {
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None), changes);
        var decisions = new Decisions();
        var history = new History(timeline, decisions, compile);
        var query = new LogQuery { Kinds = Inputs, UpTo = progress.Position };
        await foreach (var batch in new LogReader(store).ReadAsync(query, cancellationToken))
        {
            history.Feed(batch);
            decisions.Forget();
        }

        timeline.AdvanceTo(progress.Clock, decisions);
        decisions.Forget();
        var agrees = progress.Digest.IsEmpty || progress.Digest.Span.SequenceEqual(decisions.Digest.Span);
        return new Derived(timeline, decisions, history.ActiveRules, history.Fed, agrees);
    }
}
