using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules.Tests.Run;

public sealed class RetainedEventTests
{
    [Theory]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}""")]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "UNHEARD_OF", "data": {"a": [1, 2]}}""")]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "BLOCK_IO_ERROR", "data": {"device": "d\u0041", "operation": "read", "action": "report", "nospace": true, "reason": "EIO"}}""")]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "BLOCK_IO_ERROR", "data": {"operation": null}}""")]
    public void It_shows_what_the_event_showed(string line)
    {
        var view = View(System.Text.Encoding.UTF8.GetBytes(line));
        var again = new RetainedEvent(view, 5).View();

        (again.Schema, again.Name, again.At, again.Stamp, again.Position, again.Marks, again.Weight, again.Source)
            .ShouldBe((view.Schema, view.Name, view.At, view.Stamp, view.Position, view.Marks, view.Weight, view.Source));
        again.Data.ToArray().ShouldBe(view.Data.ToArray());
        for (var slot = 0; slot < view.Slots.Length; slot++) (slot < again.Slots.Length ? again.Slots[slot] : default).ShouldBe(view.Slots[slot]);
        again.Slots.Length.ShouldBe(view.Slots.ToArray().Index().LastOrDefault(s => s.Item != default, (-1, default)).Index + 1);
    }

    private static EventView View(byte[] line)
    {
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        EventDecoder.TryDecode(line, QmpCatalogue.Instance, slots, out var e).ShouldBeTrue();
        return new EventView
        {
            Schema = e.Schema,
            Name = e.Schema?.Name ?? System.Text.Encoding.UTF8.GetString(e.NameUtf8),
            Data = e.Data.ToArray(),
            Slots = slots.AsSpan(0, e.Schema?.SlotCount ?? 0),
            At = e.EventTime!.Value,
            Stamp = new Instant(77),
            Position = new Position(9),
            Marks = EventMarks.Folded,
            Weight = 3,
            Source = "unix:/x",
        };
    }
}
