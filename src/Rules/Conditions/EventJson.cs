using System.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Conditions;

/// <summary>An event written as one JSON object: a line of QMP, or the members that expressions know.</summary>
public static class EventJson
{
    /// <param name="json">
    /// <c>event</c> (or <c>name</c>), <c>data</c>, <c>timestamp</c> (or <c>at</c>), <c>source</c>, <c>vm</c>; all may be absent, the time is then 1970.
    /// </param>
    /// <returns>The event with its data as written, of no schema; null when this is no object.</returns>
    public static CapturedEvent? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        var data = json.TryGetProperty("data", out var members) && members.ValueKind == JsonValueKind.Object ? Encoding.UTF8.GetBytes(members.GetRawText()) : [];
        return new CapturedEvent(
            null, Text(json, "event") ?? Text(json, "name") ?? "", Time(json), new Position(1), data, default, Text(json, "vm") is { Length: > 0 } vm ? vm : null, Text(json, "source") ?? "");
    }

    /// <summary>Its member <c>host</c>; null when there is none.</summary>
    public static string? Host(JsonElement json) => Text(json, "host") is { Length: > 0 } host ? host : null;

    private static Instant Time(JsonElement json)
    {
        if (Text(json, "at") is { } text && Instant.TryParse(text, out var at)) return at;
        return json.TryGetProperty("timestamp", out var stamp) && stamp.ValueKind == JsonValueKind.Object && Number(stamp, "seconds") is >= 0 and < 253_402_300_800 and var seconds
            ? Instant.FromUnix(seconds, Number(stamp, "microseconds") is >= 0 and < 1_000_000 and var micros ? micros : 0)
            : Instant.Epoch;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? CelJson.Read(member).AsString : null;

    private static long Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var number) ? number : -1;
}
