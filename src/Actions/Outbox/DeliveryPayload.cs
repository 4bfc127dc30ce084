using System.Buffers;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Actions;

/// <summary>
/// The message about one transition, version 1, as a generic receiver gets it: the members of
/// <see cref="TransitionJson"/> and what an on-call system needs besides. Fixed when it is decided, so that every
/// attempt sends the same bytes.
/// </summary>
public static class DeliveryPayload
{
    /// <summary>Version of the shape. Members may be added to it; none changes its meaning.</summary>
    public const int Version = 1;

    private const string Combined = "fired_and_resolved";

    /// <param name="deliveryId">See <see cref="OutboxDraft.DeliveryId"/>.</param>
    public static void Write(Utf8JsonWriter json, AlertTransition transition, string alertId, string deliveryId)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("dedup_key", transition.Episode);
        json.WriteString("delivery_id", deliveryId);
        json.WriteString("alert_id", alertId);
        TransitionJson.WriteMembers(json, transition);
        WriteTexts(json, "annotations", transition.Annotations);
        WriteTexts(json, "labels", transition.Labels);
        json.WriteString("runbook_url", transition.RunbookUrl);
        json.WriteEndObject();
    }

    public static ReadOnlyMemory<byte> ToUtf8(AlertTransition transition, string alertId, string deliveryId)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer)) Write(json, transition, alertId, deliveryId);
        return buffer.WrittenMemory;
    }

    /// <summary>One message for an episode that was over before its trigger was ever sent.</summary>
    /// <param name="firing">Payload of the trigger.</param>
    /// <param name="resolved">Payload of its resolve, whose members the message has.</param>
    public static ReadOnlyMemory<byte> FiredAndResolved(ReadOnlyMemory<byte> firing, ReadOnlyMemory<byte> resolved)
    {
        using var trigger = JsonDocument.Parse(firing);
        using var end = JsonDocument.Parse(resolved);
        var buffer = new ArrayBufferWriter<byte>(resolved.Length + 128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in end.RootElement.EnumerateObject()) member.WriteTo(json);
            json.WriteBoolean(Combined, true);
            Copy(json, trigger, "at", "fired_at");
            Copy(json, trigger, "because", "fired_because");
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Copy(Utf8JsonWriter json, JsonDocument from, string member, string name)
    {
        if (!from.RootElement.TryGetProperty(member, out var value)) return;
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in texts) json.WriteString(key, text);
        json.WriteEndObject();
    }
}
