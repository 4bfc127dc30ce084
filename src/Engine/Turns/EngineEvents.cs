using System.Text.Json;
using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>The event of the log that says which rules took over, and its data.</summary>
internal static class EngineEvents
{
    /// <summary>Type of a rule-set activation.</summary>
    public const string RulesActivated = "rules_activated";

    public static byte[] Data(RuleSetText rules, Instant? warmedFrom)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("digest", rules.Digest);
            if (warmedFrom is { } from) json.WriteString("warmed_from", from.ToString());
            json.WriteStartArray("files");
            foreach (var file in rules.Files)
            {
                json.WriteStartObject();
                json.WriteString("path", file.Path);
                json.WriteString("text", file.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <param name="stamp">Of the event.</param>
    public static StampedInput.Activation ReadActivation(ReadOnlyMemory<byte> data, Instant stamp)
    {
        using var json = JsonDocument.Parse(data);
        var rules = new RuleSetText([.. json.RootElement.GetProperty("files").EnumerateArray()
            .Select(file => new RuleSetText.File(file.GetProperty("path").GetString()!, file.GetProperty("text").GetString()!))]);
        Instant? from = json.RootElement.TryGetProperty("warmed_from", out var text) && Instant.TryParse(text.GetString()!, out var time) ? time : null;
        return new StampedInput.Activation(stamp, rules) { WarmedFrom = from };
    }
}
