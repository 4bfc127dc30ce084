using System.Text;
using System.Text.Json.Nodes;
using Qualm.Engine.Configuration;
using Qualm.Engine.Replaying;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>The record, fed row by row, or in parts of any length, decides what it decides in the batches in which it is read.</summary>
internal static class AnyBatches
{
    /// <param name="decisions">As recorded, in order.</param>
    public static async Task ShouldDecideTheSameAsync(Round round, IReadOnlyList<JsonObject> decisions, Dice dice)
    {
        await using var store = await StoreHost.OpenAsync(StoreLocation.Of(round.Ground.Direct, ""), TimeProvider.System, CancellationToken.None);
        Compare(await DecideAsync(store, _ => 1), decisions, "row by row");
        Compare(await DecideAsync(store, _ => dice.Between(1, 40)), decisions, "in parts of any length");
    }

    private static async Task<List<string>> DecideAsync(StoreHost store, Func<int, int> part)
    {
        using var lines = new MemoryStream();
        var (reader, sink) = (new LogReader(store), new TransitionLines(lines, asJson: true));
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None));
        RuleSet Compile(RuleSetText text) => CompiledRules.Recorded(text, refused => throw new ShouldAssertException($"the set {refused.Digest} is not understood"));
        (await Activations.ReadAsync(reader, null, CancellationToken.None)).ForeseeOn(timeline, Compile);
        var history = new History(timeline, sink, Compile);
        await foreach (var batch in reader.ReadAsync(new LogQuery { Kinds = LogKinds.Live | LogKinds.Engine }, CancellationToken.None)) Feed(history, batch, part);
        timeline.AdvanceTo((await new ProgressReader(store).ReadAsync(CancellationToken.None)).Clock, sink);
        return [.. Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static void Feed(History history, LogBatch batch, Func<int, int> part)
    {
        for (var (from, count) = (0, 0); from < batch.Count; from += count)
        {
            count = Math.Min(part(from), batch.Count - from);
            history.Feed(batch.Rows.Slice(from, count));
        }
    }

    private static void Compare(List<string> again, IReadOnlyList<JsonObject> decisions, string how)
    {
        for (var i = 0; i < Math.Max(again.Count, decisions.Count); i++)
        {
            var recorded = i < decisions.Count ? Again.Text(decisions[i]) : "nothing";
            (i < again.Count ? Again.Text(JsonNode.Parse(again[i])!.AsObject()) : "nothing").ShouldBe(recorded, $"fed {how}, decision {i + 1} of {decisions.Count} differs");
        }
    }
}
