using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Client;

/// <summary>The events Qualm makes about its monitors, in QMP's own form.</summary>
internal static class MonitorEvents
{
    public static QmpEvent Connected(Instant now, string source, long epoch, MonitorFacts facts) =>
        Make("MONITOR_CONNECTED", now, data =>
        {
            data.WriteString("source", source);
            data.WriteNumber("epoch", epoch);
            data.WriteString("version", facts.Version);
            data.WriteString("package", facts.Package);
            data.WriteString("name", facts.Name);
            data.WriteString("uuid", facts.Uuid);
        });

    public static QmpEvent Resynced(Instant now, MonitorFacts facts) =>
        Make("STATE_RESYNCED", now, data =>
        {
            data.WriteString("status", facts.Status);
            data.WriteBoolean("running", facts.Running);
            data.WriteString("name", facts.Name);
            data.WriteString("uuid", facts.Uuid);
            data.WriteString("version", facts.Version);
        });

    public static QmpEvent Lost(Instant now, string source, string reason) =>
        Make("MONITOR_LOST", now, data =>
        {
            data.WriteString("source", source);
            data.WriteString("reason", reason);
        });

    // The default encoder writes a plus as \u002B; these bytes are read by people and kept in a database, never in a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static QmpEvent Make(string name, Instant now, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteStartObject("timestamp");
            json.WriteNumber("seconds", Math.DivRem(now.Micros, Instant.Second, out var micros));
            json.WriteNumber("microseconds", micros);
            json.WriteEndObject();
            json.WriteString("event", name);
            json.WriteStartObject("data");
            write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return ((QmpMessage.Event)QmpDecoder.Decode(bytes.WrittenSpan.ToArray(), QmpCatalogue.Instance)).Value;
    }
}
