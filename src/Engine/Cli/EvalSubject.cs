using System.Buffers;
using System.Text.Json;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules.Conditions;

namespace Qualm.Engine.Cli;

/// <summary>The event an expression is evaluated over, as rules would see it: typed by the catalogue, in today's shape, its VM and host after it.</summary>
internal static class EvalSubject
{
    /// <param name="json">As <see cref="EventJson.Read"/> takes it, with <c>host</c> as well.</param>
    /// <returns>Null when this is no JSON object. An event the catalogue does not know, or cannot read, stays as it is written.</returns>
    public static EvalRequest? Read(string expression, JsonElement json)
    {
        if (EventJson.Read(json) is not { } written) return null;
        var captured = Typed(written) ?? written;
        var fleet = new Fleet();
        var vm = captured.Vm is { } id ? fleet.GetOrAddVm(id) : null;
        var host = EventJson.Host(json) is { } name ? fleet.GetOrAddHost(name) : null;
        new FleetFold(QmpCatalogue.Instance, null).Apply(captured.View(vm, host));
        return new EvalRequest(expression) { Event = captured, Vm = vm, Host = host ?? vm?.Host };
    }

    private static CapturedEvent? Typed(CapturedEvent written)
    {
        if (QmpCatalogue.Instance.Find(written.Name) is null) return null;
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        if (!EventDecoder.TryDecode(Message(written), QmpCatalogue.Instance, slots, out var decoded) || decoded.Schema is not { } schema) return null;
        return written with { Schema = schema, Name = schema.Name, Data = decoded.Data.ToArray(), Slots = decoded.Slots.ToArray() };
    }

    private static ReadOnlySpan<byte> Message(CapturedEvent written)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("event", written.Name);
        if (!written.Data.IsEmpty)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(written.Data.Span);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
