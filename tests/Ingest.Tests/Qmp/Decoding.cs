using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

/// <summary>Decodes texts in tests.</summary>
internal static class Decoding
{
    public static QmpMessage Decode(string json) => QmpDecoder.Decode(Encoding.UTF8.GetBytes(json), QmpCatalogue.Instance);

    public static QmpMessage.Event Event(string json) => Decode(json).ShouldBeOfType<QmpMessage.Event>();

    public static QmpProtocolException Refused(string json) => Should.Throw<QmpProtocolException>(() => Decode(json));

    public static string Data(string json) => Encoding.UTF8.GetString(Event(json).Value.Data.Span);

    /// <summary>Kind and text of a member's slot, as the hot form gives them.</summary>
    public static (SlotKind Kind, string Text) Slot(string json, string path)
    {
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        Array.Fill(slots, new(SlotKind.True, 7, 7));
        EventDecoder.TryDecode(Encoding.UTF8.GetBytes(json), QmpCatalogue.Instance, slots, out var decoded).ShouldBeTrue(decoded.Error);
        decoded.Slots.Length.ShouldBe(decoded.Schema!.SlotCount);
        var slot = decoded.Slots[decoded.Schema.Find(path)!.Slot];
        return (slot.Kind, Encoding.UTF8.GetString(decoded.Data.Slice(slot.Start, slot.Length)));
    }
}
