using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Sources;

public sealed class EventIdsTests
{
    [Fact]
    public void Ids_have_the_layout_of_version_8()
    {
        var id = EventIds.OfConnection("i", 1, 1, 1);

        id.Version.ShouldBe(8);
        (id.Variant & 0b1100).ShouldBe(0b1000);
    }

    [Fact]
    public void Equal_parts_give_equal_ids_and_no_two_different_ones_agree()
    {
        Guid[] ids =
        [
            EventIds.OfConnection("i", 1, 1, 1), EventIds.OfConnection("j", 1, 1, 1), EventIds.OfConnection("i", 2, 1, 1),
            EventIds.OfConnection("i", 1, 2, 1), EventIds.OfConnection("i", 1, 1, 2),
            EventIds.OfImported("a", "bc"u8, 1), EventIds.OfImported("ab", "c"u8, 1), EventIds.OfImported("a", "bc"u8, 2),
            EventIds.OfTailed(new(1, 2, 3), "x"u8), EventIds.OfTailed(new(1, 2, 4), "x"u8), EventIds.OfTailed(new(1, 2, 3), "y"u8),
            EventIds.OfTailed(new(1, 2, 3), new byte[100_000]), EventIds.OfGarbage("s", 1, 2, "x"u8),
        ];

        ids.Distinct().Count().ShouldBe(ids.Length);
        EventIds.OfImported("a", "bc"u8, 1).ShouldBe(ids[5]);

        // Stored for good: this text must never change.
        EventIds.OfImported("a", "{}"u8, 1).ToString().ShouldBe("ed18ce8e-6f85-8a6a-96f4-77feef294792");
    }

    [Fact]
    public void Place_in_a_growing_file_survives_its_text()
    {
        var position = new TailPosition(2049, 1234567, 98765, 1767225600000000001);

        TailPosition.TryParse(position.ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(position);
        TailPosition.TryParse("1:2:x:4", out _).ShouldBeFalse();
        TailPosition.TryParse("", out _).ShouldBeFalse();
    }
}
