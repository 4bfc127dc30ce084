using System.Text;
using Qualm.Ingest.Documents;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Documents;

public sealed class DocumentReaderTests
{
    private const string Stop = """{"event": "STOP"}""";
    private const string Resume = """{"event": "RESUME"}""";

    [Theory]
    [InlineData(Stop + "\n" + Resume + "\n")]
    [InlineData(Stop + "\r\n" + Resume)]
    [InlineData(Stop + Resume)]
    [InlineData("\uFEFF\n\n" + Stop + " \n\n\n" + Resume)]
    [InlineData("{\n  \"event\":\n    \"STOP\"\n}\n{\n\"event\": \"RESUME\", \"data\":\n{\n\"a\": [\n{\n}\n]\n}\n}")]
    [InlineData("[" + Stop + "," + Resume + "]")]
    [InlineData("[\n  " + Stop + ",\n  " + Resume + "\n]\n")]
    [InlineData("[\r\n{\r\n\"event\": \"STOP\"\r\n},\r\n{\r\n\"event\": \"RESUME\"\r\n}\r\n]")]
    [InlineData("[]\n[" + Stop + "]\n[" + Resume + "]")]
    public void Every_shape_of_file_is_read(string text)
    {
        foreach (var chunk in (int[])[1, 5, int.MaxValue])
        {
            var entries = Reading.Read(text, chunk: chunk);
            entries.Names().ShouldBe(["STOP", "RESUME"]);
            entries.Count.ShouldBe(2);
        }
    }

    [Fact]
    public void Items_tell_their_line_and_their_place()
    {
        var entries = Reading.Read("\n" + Stop + "\r\n  " + Resume + Stop);
        entries.Select(e => (e.Line, e.Start, e.End)).ShouldBe([(2, 1, 18), (3, 22, 41), (3, 41, 58)]);
    }

    [Fact]
    public void Other_messages_of_qmp_are_counted_and_no_garbage()
    {
        var entries = Reading.Read("""
            {"QMP": {"version": {}, "capabilities": []}}
            {"return": {}, "id": 1}
            {"id": 2, "error": {"class": "GenericError", "desc": ""}}
            {"execute": "qmp_capabilities"}
            """);
        entries.Cast<DocumentEntry.Skipped>().Select(s => s.Kind).ShouldBe(
            [MessageKind.Greeting, MessageKind.Return, MessageKind.Error, MessageKind.Command]);
    }

    [Theory]
    [InlineData("""{"foo": 1}""", "neither an event nor another message of QMP", 1)]
    [InlineData("""{"event": "STOP", "vm": 5}""", "\"vm\" must be a string", 25)]
    [InlineData("""{"event": ["STOP"]}""", "\"event\" must be a string", 11)]
    [InlineData("""{"event": "STOP",}""", "malformed JSON: a member's name in double quotes expected before '}'", 18)]
    [InlineData("""{"event": "STOP"}}""", "'{' expected before '}'", 18)]
    [InlineData("""{"event": 'STOP'}""", "a value expected before '''", 11)]
    [InlineData("""{"event": "STOP" "data": {}}""", "',' expected before \"data\"", 18)]
    [InlineData("""{"event": "STOP""", "cut short: inside a string", 16)]
    [InlineData("""{"event": "STO""" + "\tP\"}", "control character 0x09", 15)]
    [InlineData("""{"event": "STOP", "data": {"a": [1, 2}}""", "',' or ']' expected before '}'", 38)]
    [InlineData("oops", "'{' expected before 'oops'", 1)]
    [InlineData("[1, 2]", "'{' expected before '[1, 2]'", 1)]
    public void One_bad_line_is_garbage_with_its_place_and_costs_no_other(string bad, string reason, int column)
    {
        foreach (var chunk in (int[])[1, 9, int.MaxValue])
        {
            var entries = Reading.Read(Stop + "\n" + bad + "\n" + Resume + "\n" + Stop, chunk: chunk);
            entries.Names().Where(n => n is "STOP" or "RESUME").TakeLast(2).ShouldBe(["RESUME", "STOP"]);
            entries.Names().First().ShouldBe("STOP");
            var garbage = entries.OfType<DocumentEntry.Garbage>().Single();
            garbage.Reason.ShouldContain(reason);
            (garbage.Line, garbage.Column).ShouldBe((2, column));
            bad.ShouldEndWith(Encoding.UTF8.GetString(garbage.Bytes.Span));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_garbage_line_by_line()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Stop + "\n"), 0, 0, 0, (byte)'\n', 0xFF, 0x80, 1, (byte)'\n', .. Encoding.UTF8.GetBytes("{\"event\": \"S\xff\"}"), (byte)'\n',
            .. "{\"event\": \"A"u8, 0xFF, .. "\"}\n"u8, .. Encoding.UTF8.GetBytes(Resume)];
        var entries = Reading.Read(bytes);
        entries.Names().ShouldBe(["STOP", "S\u00ff", "RESUME"]);
        entries.OfType<DocumentEntry.Garbage>().Select(g => (g.Line, g.Column, g.Bytes.Length, g.Reason)).ShouldBe(
        [
            (2, 1, 3, "NUL bytes, as a crash leaves behind"),
            (3, 1, 3, "not JSON: binary"),
            (5, 13, 15, "malformed JSON: not UTF-8"),
        ]);
    }

    [Fact]
    public void An_event_behind_what_a_crash_left_on_its_line_is_saved()
    {
        var entries = Reading.Read("\0\0\0\0" + Stop + "\nqemu[12]: {x " + Resume + " y\n" + Stop, chunk: 3);
        entries.Names().ShouldBe(["STOP", "RESUME", "STOP"]);
        entries.Garbage().ShouldBe(["\0\0\0\0", "qemu[12]: {x", "y"]);
    }

    [Theory]
    [InlineData("{\"event\": \"STOP\"\n" + Resume + "\n" + Stop, "{\"event\": \"STOP\"", "RESUME,STOP")]
    [InlineData("{\"event\": \"ST\n" + Resume, "{\"event\": \"ST", "RESUME")]
    [InlineData("{\"event\":\n{\"event\": \"WAKEUP\"}\n" + Resume, "{\"event\":", "WAKEUP,RESUME")]
    [InlineData("{\"event\": \"STOP\", \"data\": {\"a\": [[1\n\n" + Resume + "\n" + Stop + "\n", "{\"event\": \"STOP\", \"data\": {\"a\": [[1", "RESUME,STOP")]
    [InlineData("{\"event\": \"STOP\"\r\n" + Resume + "\r\n{\"event\"", "{\"event\": \"STOP\"|{\"event\"", "RESUME")]
    [InlineData("{\"event\": \"A\" oops }\n" + Resume, "{\"event\": \"A\" oops }", "RESUME")]
    public void A_value_that_never_ends_is_given_up_at_the_next_line_that_begins_one(string text, string garbage, string events)
    {
        foreach (var chunk in (int[])[1, 4, int.MaxValue])
        {
            var entries = Reading.Read(text, chunk: chunk);
            string.Join('|', entries.Garbage()).ShouldBe(garbage);
            string.Join(',', entries.Names()).ShouldBe(events);
        }
    }

    [Fact]
    public void The_end_of_an_array_that_is_missing_is_told()
    {
        var entries = Reading.Read("\n [" + Stop + ",\n" + Resume + ",");
        entries.Names().ShouldBe(["STOP", "RESUME"]);
        var garbage = entries.OfType<DocumentEntry.Garbage>().Single();
        (garbage.Line, garbage.Column).ShouldBe((2, 2));
        garbage.Reason.ShouldContain("has no ']'");
    }

    [Fact]
    public void Prose_is_passed_over_and_its_braces_are_no_events()
    {
        var reader = new DocumentReader(new MemoryStream(Encoding.UTF8.GetBytes("""
            How QEMU tells

            A set {a, b} and a {"quoted"} one, [1] and } are prose.
            <- {"event": "STOP"}
            -> { "execute": "cont" }
            Then {"return": {}} comes.
            [note]
              { "event": "RESUME" } }
            """)), QmpCatalogue.Instance);
        var entries = Reading.Rest(reader);
        reader.IsDocument.ShouldBeTrue();
        entries.Names().ShouldBe(["STOP", "RESUME"]);
        entries.OfType<DocumentEntry.Skipped>().Single().Kind.ShouldBe(MessageKind.Command);
        entries.Count.ShouldBe(3);
        reader.ProseLines.ShouldBe(7);
    }

    [Theory]
    [InlineData("Title\n=====\n" + Stop, true)]
    [InlineData("Title\n-----\ntext\n" + Stop, true)]
    [InlineData("Title\n\n" + Stop, true)]
    [InlineData("not json\n" + Stop, false)]
    [InlineData("\n\nnot json\n" + Stop, false)]
    [InlineData("\0\n\n" + Stop, false)]
    [InlineData("ab\u0001\n=====\n" + Stop, false)]
    [InlineData(Stop + "\n\nTitle\n=====\n", false)]
    public void A_document_is_known_by_what_stands_before_its_first_example(string text, bool document)
    {
        foreach (var chunk in (int[])[1, int.MaxValue])
        {
            var reader = new DocumentReader(new Dripping(Encoding.UTF8.GetBytes(text), chunk), QmpCatalogue.Instance);
            var entries = Reading.Rest(reader);
            reader.IsDocument.ShouldBe(document);
            entries.Names().ShouldBe(["STOP"]);
            (entries.Count == 1).ShouldBe(document);
        }
    }

    [Fact]
    public void A_value_over_the_cap_is_garbage_cut_to_64_kib_and_what_follows_is_read()
    {
        var options = new DocumentOptions { MaxValueBytes = 100_000 };
        var huge = "{\"event\": \"STOP\", \"data\": {\"a\": \"" + new string('x', 300_000) + "\"}}";
        foreach (var chunk in (int[])[1000, int.MaxValue])
        {
            var entries = Reading.Read(huge + "\n" + Resume + huge[..200_000] + "\n" + Stop, options, chunk);
            entries.Names().ShouldBe(["RESUME", "STOP"]);
            var garbage = entries.OfType<DocumentEntry.Garbage>().ToList();
            garbage.Count.ShouldBe(2);
            garbage.ShouldAllBe(g => g.Bytes.Length == 65536 && g.Reason.Contains("bytes are kept"));
            garbage[0].Reason.ShouldStartWith("a value longer than 100000 bytes");
            (garbage[0].Start, garbage[0].End).ShouldBe((0, huge.Length));
            garbage[1].Line.ShouldBe(2);
        }
    }

    [Fact]
    public void Events_in_a_wrapper_over_the_cap_are_still_read()
    {
        var text = "{\"events\": [\n" + string.Concat(Enumerable.Repeat(Stop + "\n", 10_000)) + "]}";
        var entries = Reading.Read(text, new() { MaxValueBytes = 1000 }, 4096);
        entries.Names().Count().ShouldBe(10_000);
        entries.Garbage().ShouldBe(["{\"events\": [", "]}"]);
    }

    [Fact]
    public void A_line_of_garbage_over_the_cap_is_cut_and_what_follows_is_read()
    {
        var entries = Reading.Read(new string('\0', 3_000_000) + "\n" + Stop, new DocumentOptions { MaxValueBytes = 50_000 }, 10_000);
        entries.Names().ShouldBe(["STOP"]);
        entries.OfType<DocumentEntry.Garbage>().Single().End.ShouldBe(3_000_000);
    }

    [Fact]
    public void A_file_is_taken_up_again_behind_any_item()
    {
        var text = Stop + "\r\n" + Resume + "\noops\n" + Stop;
        var whole = Reading.Read(text);
        foreach (var (entry, index) in whole.Select((e, i) => (e, i)))
        {
            var options = new DocumentOptions { StartOffset = entry.End, StartLine = entry.Line };
            var rest = Reading.Read(Encoding.UTF8.GetBytes(text)[(int)entry.End..], options);
            rest.Select(e => e.Print()).ShouldBe(whole.Skip(index + 1).Select(e => e.Print()));
        }
    }

    [Fact]
    public void Items_in_place_stay_until_the_next_fill_and_reading_them_allocates_nothing()
    {
        var line = """{"timestamp": {"seconds": 1795316122, "microseconds": 245029}, "event": "RESET", "data": {"guest": true, "reason": "guest-reset"}}""" + "\n";
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 5000)));
        Count(new(new MemoryStream(bytes), QmpCatalogue.Instance), out _).ShouldBe(5000);
        Count(new(new MemoryStream(bytes), QmpCatalogue.Instance), out var allocated).ShouldBe(5000);

        // One exception a buffer, where it cuts a value.
        allocated.ShouldBeLessThan(100_000);
    }

    private static int Count(DocumentReader reader, out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var guests = 0;
        while (reader.FillAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out var item))
            {
                var slot = item.Decoded.Slots[0];
                guests += item.Bytes.Length > 0 && slot.Kind == SlotKind.True ? 1 : 0;
            }
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return guests;
    }
}
