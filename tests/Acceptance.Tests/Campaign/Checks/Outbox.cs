using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Campaign.Checks;

/// <summary>The outbox at the end of a round: it holds what the decisions ask for, and was told to whom it is for.</summary>
internal sealed class Outbox
{
    /// <summary>What Qualm pages directly, because there is no database to decide it in.</summary>
    private const string ByItself = "StoreAway";

    private readonly List<Message> _messages;

    private Outbox(List<Message> messages) => _messages = messages;

    public int Count => _messages.Count;

    private sealed record Message(long Id, string Receiver, string Alert, string Episode, string Status, JsonObject Payload)
    {
        public string Delivery => (string)Payload["delivery_id"]!;

        /// <summary>What it tells, and whom.</summary>
        public string What => Name(Receiver, Payload);
    }

    public static async Task<Outbox> ReadAsync(Database database)
    {
        var rows = await database.TextsAsync("select json_build_object('id', id, 'receiver', receiver, 'alert', alert_id, 'episode', episode, 'status', status, 'payload', payload)::text from qualm.qualm_outbox order by id");
        return new Outbox(rows.ConvertAll(row =>
        {
            var json = JsonNode.Parse(row)!;
            return new Message((long)json["id"]!, (string)json["receiver"]!, (string)json["alert"]!, (string)json["episode"]!, (string)json["status"]!, json["payload"]!.AsObject());
        }));
    }

    /// <summary>A message for each receiver of each decision that is to be told, and no other.</summary>
    public void ShouldFollowFrom(IReadOnlyList<StoredEvent> decisions)
    {
        var alerts = decisions.Where(d => d.Stream.StartsWith("alert/", StringComparison.Ordinal)).ToList();
        var due = alerts.Where(d => IsTold(d.Data) && d.Data["withheld_by"] is null).SelectMany(Names).ToList();
        var later = alerts.Where(d => IsTold(d.Data) && d.Data["withheld_by"] is not null).GroupBy(d => d.Text("episode")).SelectMany(Later).ToHashSet(StringComparer.Ordinal);
        var written = _messages.Select(m => m.What).ToList();
        due.Except(written).Take(3).ShouldBeEmpty("decisions that nobody is told of");
        written.Except(due).Where(m => !later.Contains(m)).Take(3).ShouldBeEmpty("messages without a decision");
        written.ShouldBeUnique("messages written twice");
        foreach (var message in _messages) ((string?)message.Payload["dedup_key"]).ShouldBe(message.Episode);
    }

    /// <summary>Each message has arrived, each alert's in order, and nothing else has.</summary>
    /// <param name="owed">Id of the last message that must have arrived.</param>
    /// <returns>How many arrived more than once.</returns>
    public int ShouldBeTold(PageServer pages, long owed)
    {
        _messages.Where(m => m.Status == "dead" || (m.Status == "pending" && m.Id <= owed)).Take(3).ShouldBeEmpty("messages that were given up or left");
        var byDelivery = _messages.ToDictionary(m => m.Delivery, StringComparer.Ordinal);
        var arrived = new HashSet<long>();
        var last = new Dictionary<(string, string), long>();
        var repeats = 0;
        foreach (var page in pages.Received.Where(p => p.Alert != ByItself))
        {
            var message = byDelivery.GetValueOrDefault((string?)page.Body["delivery_id"] ?? "").ShouldNotBeNull($"a page that nobody decided: {page}");
            (page.Path, page.Header, page.DedupKey).ShouldBe(($"/{message.Receiver}", message.Episode, message.Episode), $"{page}");
            message.Payload.Where(m => !JsonNode.DeepEquals(m.Value, page.Body[m.Key])).ShouldBeEmpty($"a page says something else than was decided: {page}");
            if (!page.IsDelivered) continue;
            if (!arrived.Add(message.Id))
            {
                repeats++;
                continue;
            }

            last.GetValueOrDefault((message.Receiver, message.Alert)).ShouldBeLessThan(message.Id, $"out of order: {page}");
            last[(message.Receiver, message.Alert)] = message.Id;
            if ((bool?)page.Body["fired_and_resolved"] == true)
                arrived.UnionWith(_messages.Where(m => m.Receiver == message.Receiver && m.Episode == message.Episode && m.Id < message.Id).Select(m => m.Id));
        }

        _messages.Where(m => m.Status == "delivered" && !arrived.Contains(m.Id)).Take(3).ShouldBeEmpty("messages said to be delivered that never arrived");
        return repeats;
    }

    private static bool IsTold(JsonObject decision) => (bool?)decision["silent"] != true && (string?)decision["transition"] != "pending";

    private static IEnumerable<string> Names(StoredEvent decision) =>
        decision.Data["receivers"]!.AsArray().Select(r => (string)r!).Distinct(StringComparer.Ordinal).Select(receiver => Name(receiver, decision.Data));

    // What was withheld of an episode is told in one, as it is by then, to all who were not told.
    private static IEnumerable<string> Later(IEnumerable<StoredEvent> withheld)
    {
        var receivers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var decision in withheld)
        {
            receivers.UnionWith(decision.Data["receivers"]!.AsArray().Select(r => (string)r!));
            foreach (var receiver in receivers)
            {
                yield return Name(receiver, decision.Data);
                yield return Name(receiver, decision.Data, "firing");
            }
        }
    }

    private static string Name(string receiver, JsonObject decision, string? transition = null) =>
        $"{receiver}: {decision["episode"]} {transition ?? (string?)decision["transition"]} {decision["severity"]} at {decision["at"]} decided {decision["decided_at"]} {decision["reason"]}";
}
