using System.Text.Json;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Reads the key of an event.</summary>
internal static class KeyReader
{
    /// <returns>False when a part is null: then the event matches no key.</returns>
    public static bool TryRead(BoundKey key, in EventView e, ref KeyReading reading)
    {
        foreach (var part in key.Parts)
        {
            var found = part.Source switch
            {
                KeySource.Vm => reading.AddVm(e.Vm),
                KeySource.Host => reading.AddHost(e.Host ?? e.Vm?.Host),
                KeySource.Member => TryAddMember(part, e, ref reading),
                _ => part.Value!.TryAdd(e, ref reading),
            };
            if (!found) return false;
        }

        // Texts of later decisions may name the subject even where the key does not.
        reading.Vm ??= e.Vm;
        reading.Host ??= e.Host ?? e.Vm?.Host;
        return true;
    }

    private static bool TryAddMember(BoundKeyPart part, in EventView e, ref KeyReading reading)
    {
        if (e.Schema is not { } schema || schema.Id >= part.Members.Length || part.Members[schema.Id] is not { } member) return false;
        var slot = e.Slot(member);
        return slot.Kind switch
        {
            SlotKind.String => reading.AddText(KeyReading.TextPart, e.Bytes(slot)),
            SlotKind.EscapedString => TryAddEscaped(e.Data.Slice(slot.Start - 1, slot.Length + 2), ref reading),
            SlotKind.Number => reading.AddText(KeyReading.PlainPart, e.Bytes(slot)),
            SlotKind.True => reading.AddText(KeyReading.PlainPart, "true"u8),
            SlotKind.False => reading.AddText(KeyReading.PlainPart, "false"u8),
            _ => false,
        };
    }

    private static bool TryAddEscaped(ReadOnlySpan<byte> quoted, ref KeyReading reading)
    {
        var json = new Utf8JsonReader(quoted);
        return json.Read() && json.TokenType == JsonTokenType.String && reading.AddText(KeyReading.TextPart, json.GetString());
    }
}
