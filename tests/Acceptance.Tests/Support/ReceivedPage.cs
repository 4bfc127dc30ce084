using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A message that the page server got.</summary>
/// <param name="Answer">HTTP status it was answered with; 0 when it was not answered.</param>
/// <param name="Header">The deduplication key of its header; empty when there is none.</param>
/// <param name="Headers">All headers by name, in lower case.</param>
/// <param name="Raw">The body as sent.</param>
internal sealed record ReceivedPage(int Answer, string Header, IReadOnlyDictionary<string, string> Headers, string Path, byte[] Raw, JsonObject Body)
{
    public string DedupKey => Text("dedup_key");

    public string Transition => Text("transition");

    public string Alert => Text("alert");

    public string AlertId => Text("alert_id");

    public string Severity => Text("severity");

    public string Summary => Text("summary");

    public JsonObject Key => Body["key"]!.AsObject();

    public long[] Because => [.. Body["because"]!.AsArray().Select(p => (long)p!)];

    /// <summary>What it tells of its episode: an episode that was over before anybody was told of it is told in one message.</summary>
    public IEnumerable<(string Episode, string Transition)> Tells =>
        (bool?)Body["fired_and_resolved"] == true ? [(DedupKey, "firing"), (DedupKey, "resolved")] : [(DedupKey, Transition)];

    public bool IsDelivered => Answer is >= 200 and < 300;

    public override string ToString() => $"{Answer} {Transition} {Alert} {Key.ToJsonString()} {DedupKey}";

    private string Text(string member) => (string?)Body[member] ?? "";
}
