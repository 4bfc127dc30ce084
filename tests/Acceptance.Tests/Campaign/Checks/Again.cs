using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>The record, read by another process that nobody disturbs, decides what was decided.</summary>
internal static class Again
{
    private static readonly string[] Members =
        ["alert", "emit", "fact", "key", "episode", "transition", "severity", "at", "decided_at", "summary", "because", "rule", "reason", "by", "note", "values"];

    private static readonly Dictionary<string, string> Elsewhere = new() { ["TZ"] = "Pacific/Chatham", ["LC_ALL"] = "tr_TR.UTF-8", ["LANG"] = "tr_TR.UTF-8", ["DOTNET_PROCESSOR_COUNT"] = "1" };

    public static async Task ShouldDecideTheSameAsync(Round round, IReadOnlyList<StoredEvent> decisions)
    {
        await CompareAsync(round, decisions, "a replay", [], "replay", "--json");
        await CompareAsync(round, decisions, "a replay in another zone and culture", Elsewhere, "replay", "--json");
        if (!round.AreRulesChanged) await CompareAsync(round, decisions, "a replay by the rules as they are", [], "replay", "--json", "--rules", round.Site.Rules);
    }

    private static async Task CompareAsync(Round round, IReadOnlyList<StoredEvent> decisions, string how, Dictionary<string, string> environment, params string[] arguments)
    {
        var process = round.Site.StartWith(environment, [.. arguments, .. round.Site.StoreArguments]);
        var replayed = (await process.EndAsync(Await.Patience)).ShouldExit(0).Json;
        for (var i = 0; i < Math.Max(decisions.Count, replayed.Length); i++)
        {
            var (recorded, again) = (i < decisions.Count ? Text(decisions[i].Data) : "nothing", i < replayed.Length ? Text(replayed[i]) : "nothing");
            if (recorded == again) continue;
            await File.WriteAllLinesAsync(round.Site.Workspace["decided.jsonl"], decisions.Select(d => Text(d.Data)));
            await File.WriteAllLinesAsync(round.Site.Workspace["replayed.jsonl"], replayed.Select(Text));
            throw new ShouldAssertException(
                $"{how} differs at decision {i + 1} of {decisions.Count}{(i < decisions.Count ? $", at position {decisions[i].Seq}" : "")}; see decided.jsonl and replayed.jsonl\nrecorded {recorded}\nreplayed {again}");
        }
    }

    /// <summary>What must be equal of two decisions, in one order.</summary>
    public static string Text(JsonObject decision)
    {
        var sorted = new JsonObject();
        foreach (var member in Members)
        {
            if (decision[member] is { } value) sorted[member] = Sorted(value);
        }

        return sorted.ToJsonString();
    }

    // jsonb has an order of its own.
    private static JsonNode Sorted(JsonNode value) => value is JsonObject members
        ? new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : Sorted(m.Value))))
        : value.DeepClone();
}
