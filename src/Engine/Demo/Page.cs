using System.Text.Json;

namespace Qualm.Engine.Demo;

/// <summary>A page as the demo's receiver got it.</summary>
internal sealed record Page(string Alert, string Transition, string Severity, string Summary, string DedupKey)
{
    public static Page Parse(JsonElement body) => new(
        Text(body, "alert"), Text(body, "transition"), Text(body, "severity"), Text(body, "summary"), Text(body, "dedup_key"));

    private static string Text(JsonElement body, string member) =>
        body.TryGetProperty(member, out var value) ? value.ToString() : "";
}
