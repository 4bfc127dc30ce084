using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Ingest.Tests.Qmp;

public sealed class EventDecoderTests
{
    private const string Bad =
        """{"timestamp": {"seconds": 1344522075, "microseconds": 745528}, "event": "QUORUM_REPORT_BAD", "data": {"node-name": "n\u0032", "sectors-count": 5, "sector-num": 345435, "type": "read"}}""";

    [Fact]
    public void Known_members_get_slots_over_the_data()
    {
        Decoding.Slot(Bad, "type").ShouldBe((SlotKind.String, "read"));
        Decoding.Slot(Bad, "sector-num").ShouldBe((SlotKind.Number, "345435"));
        Decoding.Slot(Bad, "node_name").ShouldBe((SlotKind.EscapedString, @"n\u0032"));
        Decoding.Slot(Bad, "error").ShouldBe((SlotKind.Absent, ""));
    }

    [Fact]
    public void Nested_members_get_slots_of_their_own()
    {
        const string json = """{"event": "ACPI_DEVICE_OST", "data": {"info": {"slot": "0", "device": null, "status": -1, "later": [1]}}}""";
        Decoding.Slot(json, "info").Kind.ShouldBe(SlotKind.Object);
        Decoding.Slot(json, "info").Text.ShouldBe("""{"slot": "0", "device": null, "status": -1, "later": [1]}""");
        Decoding.Slot(json, "info.slot").ShouldBe((SlotKind.String, "0"));
        Decoding.Slot(json, "info.device").ShouldBe((SlotKind.Null, "null"));
        Decoding.Slot(json, "info.status").ShouldBe((SlotKind.Number, "-1"));
    }

    [Theory]
    [InlineData("""{"data": {"id": "c0", "open": true}, "event": "VSERPORT_CHANGE", "timestamp": {"microseconds": 5, "seconds": 4}}""")]
    [InlineData("""{"event": "VSERPORT_CHANGE", "timestamp": {"seconds": 4, "microseconds": 5}, "data": {"open": true, "id": "c0"}}""")]
    [InlineData("""{ "x" : [ {} , 1 ] , "event" : "VSERPORT_CHANGE", "timestamp": {"seconds": 4, "extra": {"a": []}, "microseconds": 5}, "data": {"more": {"id": 1}, "open": true, "id": "c0"}, "y": null }""")]
    [InlineData("\r\n {\"\\u0065vent\": \"VSERPORT\\u005fCHANGE\", \"t\\u0069mestamp\": {\"second\\u0073\": 4, \"microseconds\": 5}, \"data\": {\"op\\u0065n\": true, \"id\": \"c0\"}} \r\n")]
    public void Any_order_and_any_further_members_decode_alike(string json)
    {
        var decoded = Decoding.Event(json).Value;
        decoded.Schema!.Name.ShouldBe("VSERPORT_CHANGE");
        decoded.EventTime.ShouldBe(Instant.FromUnix(4, 5));
        decoded.Altered.ShouldBeFalse();
        Decoding.Slot(json, "open").ShouldBe((SlotKind.True, "true"));
        Decoding.Slot(json, "id").ShouldBe((SlotKind.String, "c0"));
    }

    [Theory]
    [InlineData("""{"seconds": -1, "microseconds": -1}""")]
    [InlineData("""{"seconds": 5, "microseconds": -1}""")]
    [InlineData("""{"seconds": 5, "microseconds": 1000000}""")]
    [InlineData("""{"seconds": 253402300800, "microseconds": 0}""")]
    [InlineData("""{"seconds": 9223372036854775807, "microseconds": 999999}""")]
    [InlineData("""{"seconds": 99999999999999999999999999, "microseconds": 0}""")]
    [InlineData("""{"seconds": 1e400, "microseconds": 0}""")]
    [InlineData("""{"seconds": 1.5, "microseconds": 0}""")]
    [InlineData("""{"seconds": "5", "microseconds": [0]}""")]
    [InlineData("""{"seconds": {"seconds": 5}, "microseconds": 0}""")]
    [InlineData("""{}""")]
    [InlineData("""[[5], {"seconds": 5}]""")]
    [InlineData("null")]
    public void A_time_no_clock_shows_is_no_time(string timestamp) =>
        Decoding.Event($$"""{"timestamp": {{timestamp}}, "event": "STOP"}""").Value.EventTime.ShouldBeNull();

    [Fact]
    public void The_last_second_of_the_calendar_is_a_time() =>
        Decoding.Event("""{"timestamp": {"seconds": 253402300799, "microseconds": 999999}, "event": "STOP"}""").Value.EventTime.ShouldBe(Instant.MaxValue);

    [Fact]
    public void An_event_without_timestamp_has_no_time() => Decoding.Event("""{"event": "STOP"}""").Value.EventTime.ShouldBeNull();

    [Fact]
    public void Unknown_events_are_kept_as_they_came()
    {
        const string json = """{"event": "NEW_THING", "data": {"b": 1,"a": {"x": [true]}}}""";
        var decoded = Decoding.Event(json).Value;
        decoded.Schema.ShouldBeNull();
        decoded.Name.ShouldBe("NEW_THING");
        decoded.Altered.ShouldBeFalse();
        Encoding.UTF8.GetString(decoded.Data.Span).ShouldBe("""{"b": 1,"a": {"x": [true]}}""");
        Decoding.Event("""{"event": "stop"}""").Value.Schema.ShouldBeNull();
    }

    [Fact]
    public void Absent_data_stays_empty_and_empty_data_stays_an_object()
    {
        Decoding.Data("""{"event": "STOP"}""").ShouldBe("");
        Decoding.Data("""{"event": "STOP", "data": null}""").ShouldBe("");
        Decoding.Data("""{"event": "STOP", "data": {}}""").ShouldBe("{}");
        Decoding.Slot("""{"event": "RESET"}""", "guest").Kind.ShouldBe(SlotKind.Absent);
    }

    [Theory]
    [InlineData("""{"event": "RESET", "data": {"guest": true, "guest": false}}""", "guest", SlotKind.False)]
    [InlineData("""{"event": "RESET", "data": {"guest": true, "\u0067uest": false}}""", "guest", SlotKind.False)]
    [InlineData("""{"event": "RESET", "data": {"guest": true}, "data": {"guest": false}}""", "guest", SlotKind.False)]
    [InlineData("""{"event": "STOP", "data": {"guest": false}, "event": "RESET"}""", "guest", SlotKind.False)]
    [InlineData("""{"event": "ACPI_DEVICE_OST", "data": {"info": {"slot": "1", "device": "d"}, "info": {"slot": "2"}}}""", "info.device", SlotKind.Absent)]
    public void The_last_of_equal_keys_wins_and_is_marked(string json, string path, SlotKind expected)
    {
        Decoding.Slot(json, path).Kind.ShouldBe(expected);
        Decoding.Event(json).Value.Altered.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"event": "X", "data": {"a": 1, "a": 2}}""", """{"a": 2}""")]
    [InlineData("""{"event": "STOP", "data": {"a": 1, "a": 2}}""", """{"a": 2}""")]
    [InlineData("""{"event": "X", "data": {"l": [{"a": 1, "\u0061": {"b":  2}}]}}""", """{"l": [{"\u0061": {"b": 2}}]}""")]
    public void Duplicates_among_unknown_members_are_found_too(string json, string data)
    {
        Decoding.Data(json).ShouldBe(data);
        Decoding.Event(json).Value.Altered.ShouldBeTrue();
    }

    [Fact]
    public void Many_unknown_members_are_no_duplicates()
    {
        var members = string.Join(",", Enumerable.Range(0, 500).Select(i => $"\"k{i}\":{i}"));
        foreach (var name in (string[])["STOP", "X"])
        {
            var decoded = Decoding.Event($$$"""{"event": "{{{name}}}", "data": {{{{members}}}}}""").Value;
            decoded.Altered.ShouldBeFalse();
            decoded.Raw.Span.Overlaps(decoded.Data.Span).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("QUORUM_REPORT_BAD")]
    [InlineData("QUORUM_FAILURE")]
    public void Sector_count_of_old_is_renamed(string name)
    {
        var json = $$$"""{"event": "{{{name}}}", "data": {"sector-num": 345435, "sector-count": 5}}""";
        Decoding.Slot(json, "sectors-count").ShouldBe((SlotKind.Number, "5"));
        Decoding.Data(json).ShouldBe("""{"sector-num": 345435, "sectors-count": 5}""");
        Decoding.Event(json).Value.Altered.ShouldBeTrue();
    }

    [Fact]
    public void Sector_count_beside_its_successor_is_left_alone()
    {
        const string json = """{"event": "QUORUM_FAILURE", "data": {"sectors-count": 1, "sector-count": 5}}""";
        Decoding.Slot(json, "sectors-count").Text.ShouldBe("1");
        Decoding.Event(json).Value.Altered.ShouldBeFalse();
    }

    [Fact]
    public void A_flat_ost_moves_under_info()
    {
        const string json = """{"data": {"device": "d1", "slot": "0", "other": 7, "slot-type": "DIMM", "source": 1, "status": 0}, "event": "ACPI_DEVICE_OST"}""";
        Decoding.Slot(json, "info.source").ShouldBe((SlotKind.Number, "1"));
        Decoding.Data(json).ShouldBe("""{"other": 7, "info": {"device": "d1", "slot": "0", "slot-type": "DIMM", "source": 1, "status": 0}}""");
    }

    [Theory]
    [InlineData(@"""a\u0000b""", "\"a\uFFFDb\"")]
    [InlineData(@"""\ud83d\ude00 \uD800""", "\"\\ud83d\\ude00 \uFFFD\"")]
    [InlineData(@"""\udc00\ud800\u0041""", "\"\uFFFD\uFFFD\\u0041\"")]
    [InlineData(@"""\\u0000 \ud800\\u""", "\"\\\\u0000 \uFFFD\\\\u\"")]
    [InlineData("1e999999", "\"1e999999\"")]
    [InlineData("-1E-20000", "\"-1E-20000\"")]
    [InlineData("1e99999999999999999999", "\"1e99999999999999999999\"")]
    public void What_jsonb_cannot_hold_is_replaced_and_marked(string value, string stored)
    {
        foreach (var name in (string[])["MEM_UNPLUG_ERROR", "X"])
        {
            var json = $$$"""{"event": "{{{name}}}", "data": {"msg": {{{value}}}}}""";
            Decoding.Data(json).ShouldBe($$"""{"msg": {{stored}}}""");
            Decoding.Event(json).Value.Altered.ShouldBeTrue();
            Encoding.UTF8.GetString(Decoding.Event(json).Value.Raw.Span).ShouldBe(json);
        }
    }

    [Fact]
    public void Keys_that_jsonb_cannot_hold_are_replaced_too() =>
        Decoding.Data("""{"event": "STOP", "data": {"k\u0000": 1, "k\ud800": 2, "k": 3}}""").ShouldBe("{\"k\uFFFD\": 2, \"k\": 3}");

    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("-9223372036854775808")]
    [InlineData("1e300")]
    [InlineData("0.1000")]
    [InlineData(@"""\ud83d\ude00 \n \\ é""")]
    public void What_jsonb_can_hold_is_not_touched(string value) =>
        Decoding.Event($$$"""{"event": "STOP", "data": {"x": {{{value}}}}}""").Value.Altered.ShouldBeFalse();

    [Fact]
    public void Vm_and_host_of_a_files_line_are_told()
    {
        var decoded = Decoding.Event("""{"vm": "web\u002d1", "host": "h1", "event": "STOP"}""");
        decoded.Vm.ShouldBe("web-1");
        decoded.Host.ShouldBe("h1");
        Decoding.Event("""{"event": "STOP", "host": null}""").Host.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"event": 5}""", "\"event\" must be a string that is not empty", 10)]
    [InlineData("""{"event": ""}""", "\"event\" must be a string that is not empty", 10)]
    [InlineData("""{"event": "A\u0000"}""", "\"event\" holds \\u0000", 10)]
    [InlineData("""{"event": "STOP", "data": [1, {}]}""", "\"data\" must be an object", 26)]
    [InlineData("""{"vm": ["a"], "event": "STOP"}""", "\"vm\" must be a string", 7)]
    [InlineData("""{"vm": null, "event": "STOP"}""", "\"vm\" must be a string", 7)]
    [InlineData("""{"event": "STOP", "host": 1}""", "\"host\" must be a string", 26)]
    [InlineData("""{"event": "STOP"} x""", "nothing more expected", 18)]
    [InlineData("""{"event": "STOP" "data": {}}""", "',' expected before \"data\"", 17)]
    [InlineData("""{"event": "STOP", "x": [1, tru]}""", "a value expected before 'tru'", 27)]
    [InlineData("[]", "a message of QMP is a JSON object", 0)]
    [InlineData("", "cut short", 0)]
    public void Faults_are_told_with_their_place(string json, string message, int offset)
    {
        var refused = Decoding.Refused(json);
        refused.Message.ShouldContain(message);
        refused.Offset.ShouldBe(offset);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_inside_strings_and_names_too()
    {
        foreach (var text in (string[])["{\"event\": \"STOP\", \"data\": {\"a\": \"x#\"}}", "{\"event\": \"STOP\", \"a#\": 1}", "{\"event\": \"S#\"}", "{\"vm\": \"\\n#\", \"event\": \"STOP\"}"])
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            var at = bytes.AsSpan().IndexOf((byte)'#');
            bytes[at] = 0xC3;
            Should.Throw<QmpProtocolException>(() => QmpDecoder.Decode(bytes, QmpCatalogue.Instance)).Offset.ShouldBe(at);
        }
    }

    [Fact]
    public void Nesting_is_accepted_to_64_levels()
    {
        foreach (var head in (string[])["{", """{"timestamp": {"seconds": 1, "microseconds": 2}, """])
        {
            string Nested(int arrays) => $"{head}\"event\": \"STOP\", \"data\": {{\"a\": {new string('[', arrays)}{new string(']', arrays)}}}}}";
            Decoding.Event(Nested(62)).Value.Altered.ShouldBeFalse();
            Decoding.Refused(Nested(63)).Message.ShouldContain("nested deeper than 64 levels");
            Decoding.Refused(Nested(100_000)).Message.ShouldContain("nested deeper than 64 levels");
        }
    }

    [Fact]
    public void Too_few_slots_are_the_callers_fault() =>
        Should.Throw<ArgumentException>(() => EventDecoder.TryDecode("{}"u8, QmpCatalogue.Instance, new MemberSlot[1], out _));

    [Fact]
    public void Slots_read_back_from_stored_data_are_the_same()
    {
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        var again = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        foreach (var line in Captured.Events)
        {
            EventDecoder.TryDecode(line, QmpCatalogue.Instance, slots, out var decoded).ShouldBeTrue();
            EventDecoder.ReadSlots(decoded.Schema!, decoded.Data, again);
            again.AsSpan(0, decoded.Schema!.SlotCount).SequenceEqual(decoded.Slots).ShouldBeTrue();
        }

        Should.Throw<QmpProtocolException>(() => EventDecoder.ReadSlots(QmpCatalogue.Instance.Events[0], "[]"u8, again));
        Should.Throw<QmpProtocolException>(() => EventDecoder.ReadSlots(QmpCatalogue.Instance.Events[0], "{"u8, again));
    }

    [Fact]
    public void Decoding_what_QEMU_sends_allocates_nothing()
    {
        var lines = Captured.Events.ToArray();
        var slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
        All(lines, slots);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decoded = All(lines, slots);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        decoded.ShouldBe(lines.Length);
    }

    private static int All(byte[][] lines, MemberSlot[] slots)
    {
        var decoded = 0;
        foreach (var line in lines) decoded += EventDecoder.TryDecode(line, QmpCatalogue.Instance, slots, out _) ? 1 : 0;
        return decoded;
    }
}
