using System.Text;
using Qualm.Ingest.Documents;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Documents;

/// <summary>The documents users start from, pasted as they are.</summary>
public sealed class SeedTests
{
    [Fact]
    public void First_seed_decodes_but_for_the_example_that_lacks_a_comma()
    {
        var entries = Reading.Read(Seed("seed-1.txt"));
        entries.Names().ShouldBe(
            ["DUMP_COMPLETED", "QUORUM_REPORT_BAD", "QUORUM_REPORT_BAD", "MIGRATION_PASS", "VSERPORT_CHANGE"]);
        entries.Count.ShouldBe(6);

        var garbage = entries.OfType<DocumentEntry.Garbage>().Single();
        var lines = Encoding.UTF8.GetString(Seed("seed-1.txt")).Split('\n');
        lines[(int)garbage.Line - 1].ShouldStartWith("  \"data\": { \"device\": \"dimm1\"");
        garbage.Column.ShouldBe(3);
        garbage.Reason.ShouldBe("malformed JSON: ',' expected before \"data\"");
        var text = Encoding.UTF8.GetString(garbage.Bytes.Span);
        text.ShouldStartWith("{ \"event\": \"MEM_UNPLUG_ERROR\"\n");
        text.ShouldEndWith("\"microseconds\": 450486 } }");
    }

    [Fact]
    public void Second_seed_decodes_whole_and_its_old_shapes_are_todays()
    {
        var entries = Reading.Read(Seed("seed-2.txt"));
        entries.Names().ShouldBe(["ACPI_DEVICE_OST", "BALLOON_CHANGE", "GUEST_PANICKED", "QUORUM_FAILURE", "QUORUM_REPORT_BAD"]);
        entries.Count.ShouldBe(5);
        var events = entries.Cast<DocumentEntry.Event>().Select(e => e.Value).ToList();
        Encoding.UTF8.GetString(events[0].Data.Span).ShouldBe(
            """{"info": {"device": "d1", "slot": "0", "slot-type": "DIMM", "source": 1, "status": 0}}""");
        Encoding.UTF8.GetString(events[3].Data.Span).ShouldContain("\"sectors-count\": 5");
        events[1].EventTime.ShouldBe(Instant.FromUnix(1267020223, 435656));
        events[2].EventTime.ShouldBeNull();
    }

    [Theory]
    [InlineData("seed-1.txt", 6)]
    [InlineData("seed-2.txt", 5)]
    public void Line_ends_of_another_system_and_a_mark_change_nothing(string file, int count)
    {
        var text = "\uFEFF" + Encoding.UTF8.GetString(Seed(file)).Replace("\n", "\r\n", StringComparison.Ordinal);
        var entries = Reading.Read(text, chunk: 7);
        entries.Count.ShouldBe(count);
        entries.Select(e => e.Line).ShouldBe(Reading.Read(Seed(file)).Select(e => e.Line));
    }

    private static byte[] Seed(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "testdata", file));
}
