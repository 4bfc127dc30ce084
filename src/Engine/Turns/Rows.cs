using System.Buffers;
using System.Text.Json;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Engine.Turns;

/// <summary>Puts inputs and decisions into the form of the store.</summary>
internal static class Rows
{
    public static AppendRow Of(StampedInput.Event input, RowKind kind) =>
        Of(input.Received, input.At, input.Stamp, input.Marks, input.Weight, kind, input.First);

    public static AppendRow Of(ReceivedEvent received, Instant at, Instant stamp, EventMarks marks, long weight, RowKind kind, Instant? first = null)
    {
        var (message, origin) = (received.Event, received.Origin);
        var type = message.Schema?.StoredType ?? message.Name.ToLowerInvariant();
        var marked = message.Altered ? marks | EventMarks.Altered : marks;
        return new AppendRow(
            origin.Vm.Length == 0 ? StreamName.Engine : StreamName.Vm(origin.Vm),
            received.Id,
            type,
            message.Data,
            stamp,
            new EventHeaders(kind, at, origin.Source, origin.Host, origin.Epoch, received.Ordinal, marked) { Weight = weight, First = first ?? at },
            GivesBack(message, marked) ? default : message.Raw);
    }

    public static AppendRow Of(StampedInput.Activation activation, long epoch) => new(
        StreamName.Engine,
        EventIds.OfText("activation", $"{activation.Rules.Digest}@{activation.Stamp}"),
        EngineEvents.RulesActivated,
        EngineEvents.Data(activation.Rules, activation.WarmedFrom),
        activation.Stamp,
        new EventHeaders(RowKind.Engine, activation.Stamp, Epoch: epoch));

    public static AppendRow Of(OperatorCommand.Acknowledge command, long inbox, Instant stamp, long epoch) => new(
        StreamName.Engine,
        EventIds.OfText("command", $"{inbox}@{stamp}"),
        EngineEvents.Acknowledged,
        EngineEvents.Data(command),
        stamp,
        new EventHeaders(RowKind.Engine, stamp, Epoch: epoch));

    public static AppendRow Of(AlertTransition transition)
    {
        var name = TransitionJson.Name(transition.Transition);
        return new AppendRow(
            transition.Kind == ConclusionKind.Alert ? StreamName.Alert(transition.Id) : StreamName.Conclusion(transition.Kind, transition.Id),
            EventIds.OfText("decision", $"{transition.Episode}:{name}:{TransitionJson.Name(transition.Severity)}@{transition.DecidedAt}/{transition.At}{Moment(transition)}{(transition.Reason == "unacknowledged" ? ":" + transition.Reason : "")}"),
            $"{TransitionJson.Name(transition.Kind)}_{name}",
            Json(transition),
            transition.DecidedAt,
            new EventHeaders(RowKind.Decision, transition.At),
            CorrelationId: transition.Episode,
            CausationId: transition.Because.IsEmpty ? null : new Position(transition.Because[^1]).ToString());
    }

    // Several events of a rule and key may be derived at one time; no two of them by one event. What was held through a gap is decided at once,
    // an alert that rose, fell and rose again included: their times tell them apart.
    private static string Moment(AlertTransition transition) => transition switch
    {
        { Kind: ConclusionKind.Event, Because: [.., var last] } => $"#{last}",
        { Reason: "unacknowledged" } => ":unacknowledged",
        _ => "",
    };

    // The stored time is QEMU's own only where it was trusted, and an unknown event's type, its name in lower case, gives
    // back only names in upper case.
    private static bool GivesBack(QmpEvent message, EventMarks marks) =>
        (marks & EventMarks.UntrustedTime) == 0 && (message.Schema is not null || !message.Name.Any(char.IsLower)) && RawForm.GivesBack(message);

    private static ReadOnlyMemory<byte> Json(AlertTransition transition)
    {
        var text = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        TransitionJson.WriteMembers(json, transition);
        WriteTexts(json, "annotations", transition.Annotations);
        WriteTexts(json, "labels", transition.Labels);
        json.WriteString("runbook_url", transition.RunbookUrl);
        json.WriteStartArray("receivers");
        foreach (var receiver in transition.Receivers) json.WriteStringValue(receiver);
        json.WriteEndArray();
        json.WriteBoolean("silent", transition.Silent);
        if (transition.WithheldBy is { } by) json.WriteString("withheld_by", by);
        json.WriteEndObject();
        json.Flush();
        return text.WrittenMemory;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, text) in texts) json.WriteString(key, text);
        json.WriteEndObject();
    }
}
