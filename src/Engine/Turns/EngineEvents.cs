using System.Text.Json;
using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>The event of the log that says which rules took over, and its data.</summary>
internal static class EngineEvents
{
    /// <summary>Type of a rule-set activation.</summary>
    public const string RulesActivated = "rules_activated";

    public static byte[] Data(RuleSetText rules)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("digest", rules.Digest);
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

    public static RuleSetText ReadRules(ReadOnlyMemory<byte> data)
    {
        using var json = JsonDocument.Parse(data);
        return new RuleSetText([.. json.RootElement.GetProperty("files").EnumerateArray()
            .Select(file => new RuleSetText.File(file.GetProperty("path").GetString()!, file.GetProperty("text").GetString()!))]);
    }
}
