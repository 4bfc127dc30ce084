using System.Text;
using System.Text.Json;
using Qualm.Model;

namespace Qualm.Ingest.Qmp;

/// <summary>Decodes whole messages into values that can be kept.</summary>
public static class QmpDecoder
{
    /// <param name="message">Exactly one JSON object. Events keep slices of it, so it must not be reused.</param>
    /// <exception cref="QmpProtocolException">Not JSON, or none of the four kinds of messages; with the offset of the fault.</exception>
    public static QmpMessage Decode(ReadOnlyMemory<byte> message, EventCatalogue catalogue)
    {
        var slots = catalogue.MostSlots <= 64 ? stackalloc MemberSlot[64] : new MemberSlot[catalogue.MostSlots];
        if (EventDecoder.TryDecode(message.Span, catalogue, slots, out var decoded)) return Own(message, decoded);
        if (decoded.Error is { } error) throw new QmpProtocolException($"{error} (byte {decoded.ErrorOffset})", decoded.ErrorOffset);
        return Reply(message, decoded.Kind);
    }

    /// <summary>Gives a decoded event what it needs to live on.</summary>
    /// <param name="message">The bytes it was decoded from.</param>
    /// <param name="copy">Whether the event gets a copy of the bytes, or keeps slices of them.</param>
    public static QmpMessage.Event Own(ReadOnlyMemory<byte> message, DecodedEvent decoded, bool copy = false)
    {
        var raw = copy ? message.ToArray() : message;
        ReadOnlyMemory<byte> data = default;
        if (!decoded.Data.IsEmpty)
            data = message.Span.Overlaps(decoded.Data, out var start) ? raw.Slice(start, decoded.Data.Length) : decoded.Data.ToArray();

        var name = decoded.Schema?.Name ?? Encoding.UTF8.GetString(decoded.NameUtf8);
        return new(
            new(name, decoded.Schema, decoded.EventTime, data, raw, decoded.Altered),
            decoded.Vm.IsEmpty ? null : Encoding.UTF8.GetString(decoded.Vm),
            decoded.Host.IsEmpty ? null : Encoding.UTF8.GetString(decoded.Host));
    }

    private static QmpMessage Reply(ReadOnlyMemory<byte> message, MessageKind kind)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        switch (kind)
        {
            case MessageKind.Return:
                return new QmpMessage.Return(Id(root), root.GetProperty("return").Clone());
            case MessageKind.Error:
                var error = Member(root, "error", JsonValueKind.Object);
                return new QmpMessage.Error(
                    Id(root), Text(Member(error, "class", JsonValueKind.String)), Text(Member(error, "desc", JsonValueKind.String)));
            case MessageKind.Greeting:
                return Greeting(Member(root, "QMP", JsonValueKind.Object));
            default:
                throw new QmpProtocolException("neither event, reply nor greeting: no message of a QMP server", 0);
        }
    }

    private static QmpMessage.Greeting Greeting(JsonElement greeting)
    {
        var version = Member(greeting, "version", JsonValueKind.Object);
        var qemu = Member(version, "qemu", JsonValueKind.Object);
        var parts = ((string[])["major", "minor", "micro"]).Select(part => Member(qemu, part, JsonValueKind.Number).GetRawText());
        var package = version.TryGetProperty("package", out var p) && p.ValueKind == JsonValueKind.String ? Text(p) : "";
        var oob = greeting.TryGetProperty("capabilities", out var list) && list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().Any(c => c.ValueKind == JsonValueKind.String && c.ValueEquals("oob"u8));
        return new(string.Join('.', parts), package, oob);
    }

    private static string? Id(JsonElement root)
    {
        if (!root.TryGetProperty("id", out var id)) return null;
        return id.ValueKind == JsonValueKind.String ? Text(id) : id.GetRawText();
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == kind
            ? member
            : throw new QmpProtocolException($"\"{name}\" is missing or no {kind}", 0);

    // Half a surrogate pair is sound JSON but no text; it is replaced rather than refused.
    private static string Text(JsonElement element)
    {
        var raw = Encoding.UTF8.GetBytes(element.GetRawText()).AsSpan()[1..^1];
        return Encoding.UTF8.GetString(JsonText.Unescape(JsonText.Repair(raw)));
    }
}
