using System.Text;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Tests.Documents;

/// <summary>Files that grow while they are read.</summary>
public sealed class FollowingTests : IDisposable
{
    private readonly Dripping _file = new([], int.MaxValue);
    private readonly DocumentReader _reader;

    public FollowingTests() => _reader = new(_file, QmpCatalogue.Instance, new() { Follows = true });

    public void Dispose() => _file.Dispose();

    [Fact]
    public void What_is_unfinished_waits_for_its_rest()
    {
        After("""{"event": "ST""").ShouldBeEmpty();
        After("OP").ShouldBeEmpty();
        After("\"}").Names().ShouldBe(["STOP"]);
        After("\n").ShouldBeEmpty();
        After("{\n\"event\":\n").ShouldBeEmpty();
        After("\"RESUME\"\n").ShouldBeEmpty();
        After("}\n").Names().ShouldBe(["RESUME"]);
        _reader.Line.ShouldBe(6);
    }

    [Fact]
    public void Garbage_waits_for_the_end_of_its_line()
    {
        After("oops\n\n").Garbage().ShouldBe(["oops"]);
        After("oo").ShouldBeEmpty();
        After("ps\n").Garbage().ShouldBe(["oops"]);
    }

    [Fact]
    public void A_line_cut_short_is_given_up_when_the_next_begins()
    {
        After("{\"event\": \"STOP\"\n").ShouldBeEmpty();
        var entries = After("{\"event\": \"RESUME\"}\n");
        entries.Garbage().ShouldBe(["{\"event\": \"STOP\""]);
        entries.Names().ShouldBe(["RESUME"]);
    }

    [Fact]
    public void The_end_can_be_declared()
    {
        After("{\"event\": \"STOP\"").ShouldBeEmpty();
        _reader.Finish();
        _reader.TryRead(out var item).ShouldBeTrue();
        item.Reason.ShouldBe("malformed JSON: cut short: ',' or '}' expected");
        _reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void The_offset_is_behind_the_last_item()
    {
        After("""{"event": "STOP"} {"event": "RES""");
        _reader.Offset.ShouldBe(18);
    }

    private List<DocumentEntry> After(string more)
    {
        _file.Feed(Encoding.UTF8.GetBytes(more));
        return Reading.Rest(_reader);
    }
}
