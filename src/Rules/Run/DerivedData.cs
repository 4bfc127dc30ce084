using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Binding;
using Qualm.Rules.Cel;

namespace Qualm.Rules.Run;

/// <summary>The data of an event that a rule derives: its key, and the values it names.</summary>
/// <param name="Slots">By <see cref="MemberSchema.Slot"/> of the rule's event: parts of the key, then values.</param>
/// <param name="Values">The values alone, as JSON of an object; null when the rule names none.</param>
internal sealed record DerivedData(byte[] Json, MemberSlot[] Slots, string? Values)
{
    public static DerivedData Of(BoundRule rule, ImmutableArray<KeyPart> key, in EventView e, in DecisionInputs inputs)
    {
        var text = new ArrayBufferWriter<byte>(256);
        var slots = new MemberSlot[key.Length + rule.Values.Length];
        var places = new (int Start, int End)[slots.Length];
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            for (var i = 0; i < key.Length; i++)
            {
                json.WritePropertyName(key[i].Name);
                var start = Length(json);
                Write(json, key[i]);
                places[i] = (start, Length(json));
            }

            for (var i = 0; i < rule.Values.Length; i++)
            {
                if (!rule.Values[i].Value.TryRead(e, inputs, out var value)) continue;
                json.WritePropertyName(rule.Values[i].Name);
                var start = Length(json);
                CelJson.Write(json, value);
                places[key.Length + i] = (start, Length(json));
            }

            json.WriteEndObject();
        }

        var bytes = text.WrittenSpan.ToArray();
        for (var i = 0; i < slots.Length; i++) slots[i] = Slot(bytes, places[i].Start, places[i].End);
        return new DerivedData(bytes, slots, rule.Values.IsEmpty ? null : OnlyValues(rule, bytes, places.AsSpan(key.Length)));
    }

    /// <param name="data">Null where there is none.</param>
    public static void Write(StateSaver to, DerivedData? data)
    {
        to.Write(data is not null);
        if (data is null) return;
        to.Writer.Write(data.Json);
        to.Write(data.Slots);
        to.Write(data.Values);
    }

    public static DerivedData? Read(StateLoader from)
    {
        if (!from.Bool()) return null;
        var json = from.Reader.ReadBytes();
        return new DerivedData(json, from.Slots(json.Length), from.Text());
    }

    private static int Length(Utf8JsonWriter json) => (int)json.BytesCommitted + json.BytesPending;

    private static void Write(Utf8JsonWriter json, KeyPart part)
    {
        if (!part.IsText && IsJson(part.Value)) json.WriteRawValue(part.Value);
        else json.WriteStringValue(part.Value);
    }

    // Numbers of an expression may have no form in JSON.
    private static bool IsJson(string value) =>
        value is "true" or "false" || (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && char.IsAsciiDigit(value.TrimStart('-').FirstOrDefault()));

    private static MemberSlot Slot(ReadOnlySpan<byte> json, int start, int end)
    {
        if (end == 0) return default;
        var value = json[start..end];
        var kind = value[0] switch
        {
            (byte)'"' => value.Contains((byte)'\\') ? SlotKind.EscapedString : SlotKind.String,
            (byte)'t' => SlotKind.True,
            (byte)'f' => SlotKind.False,
            (byte)'n' => SlotKind.Null,
            (byte)'[' => SlotKind.Array,
            (byte)'{' => SlotKind.Object,
            _ => SlotKind.Number,
        };
        return value[0] == (byte)'"' ? new MemberSlot(kind, start + 1, value.Length - 2) : new MemberSlot(kind, start, value.Length);
    }

    private static string OnlyValues(BoundRule rule, ReadOnlySpan<byte> json, ReadOnlySpan<(int Start, int End)> places)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i].End == 0) continue;
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(rule.Values[i].Name).Append("\":").Append(Encoding.UTF8.GetString(json[places[i].Start..places[i].End]));
        }

        return text.Append('}').ToString();
    }
}
