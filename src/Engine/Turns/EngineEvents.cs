using System.Text.Json;
using Qualm.Model;

namespace Qualm.Engine.Turns;

/// <summary>The events of the log that say which rules took over and what operators commanded, and their data.</summary>
internal static class EngineEvents
{
    /// <summary>Type of a rule-set activation.</summary>
    public const string RulesActivated = "rules_activated";

    /// <summary>Type of an operator's acknowledgement.</summary>
    public const string Acknowledged = "acknowledgement";

    /// <summary>The command as it lies in the inbox and stands in the log.</summary>
    public static byte[] Data(OperatorCommand.Acknowledge command) => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = command.Target, ["by"] = command.By, ["note"] = command.Note });

    /// <exception cref="JsonException">It is no such command.</exception>
    public static OperatorCommand.Acknowledge ReadAcknowledge(ReadOnlyMemory<byte> data)
    {
        using var json = JsonDocument.Parse(data);
        string Text(string member) => json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return Text("target") is { Length: > 0 } target ? new OperatorCommand.Acknowledge(target, Text("by"), Text("note")) : throw new JsonException("an acknowledgement needs a 'target'");
    }

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
    /// <exception cref="JsonException">It is no activation.</exception>
    /// <exception cref="InvalidOperationException">Nor is it: something in it is of another kind.</exception>
    /// <exception cref="KeyNotFoundException">Nor is it: something is missing.</exception>
    public static StampedInput.Activation ReadActivation(ReadOnlyMemory<byte> data, Instant stamp)
    {
        using var json = JsonDocument.Parse(data);
        var rules = new RuleSetText([.. json.RootElement.GetProperty("files").EnumerateArray()
            .Select(file => new RuleSetText.File(Text(file, "path"), Text(file, "text")))]);
        Instant? from = json.RootElement.TryGetProperty("warmed_from", out _) && Instant.TryParse(Text(json.RootElement, "warmed_from"), out var time) ? time : null;
        return new StampedInput.Activation(stamp, rules) { WarmedFrom = from };
    }

    private static string Text(JsonElement parent, string member) => parent.GetProperty(member).GetString() ?? throw new JsonException($"an activation with a '{member}' that is null");
}
