using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Tests.Qmp;

public sealed class JsonFramerTests
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", "\"", "\\", "\\\\", "\\\"", "a", "\n", " ", "\\u0000", "é", "{}", "\"}\"", "0123456789abcdef0123456789abcdef"];

    [Theory]
    [InlineData("{\"event\": \"STOP\"}\r\n{\"event\": \"RESUME\"}\r\n")]
    [InlineData("{\"event\": \"STOP\"}\n{\"event\": \"RESUME\"}")]
    [InlineData("  {\"event\": \"STOP\"}{\"event\": \"RESUME\"}  ")]
    public void Frames_are_json_values_whatever_stands_between(string stream) =>
        Frames(new(), Encoding.UTF8.GetBytes(stream), []).ShouldBe(["{\"event\": \"STOP\"}", "{\"event\": \"RESUME\"}"]);

    [Fact]
    public void Pretty_printed_messages_stay_whole() =>
        Frames(new(), "{\r\n    \"event\": \"A}\\\"{\",\r\n    \"data\": {\r\n        \"l\": [{}]\r\n    }\r\n}\r\n"u8.ToArray(), []).Count.ShouldBe(1);

    /// <summary>However the bytes are cut, the same frames come out.</summary>
    [Fact]
    public void Cutting_does_not_change_the_frames()
    {
        var stream = string.Concat(Captured.Files.Take(12).Select(File.ReadAllText)).Replace("\n", "\r\n", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(stream + """{"a": "\\\"{\u005c", "b": "\\\\"}{"c":[[]]}""");
        var whole = Frames(new(), bytes, []);
        whole.Count.ShouldBeGreaterThan(50);
        Prop.ForAll(Gen.Choose(1, 300).NonEmptyListOf().ToArbitrary(), cuts => Frames(new(), bytes, [.. cuts]).SequenceEqual(whole))
            .QuickCheckThrowOnFailure();
        Frames(new(), bytes, [1]).ShouldBe(whole);
    }

    [Fact]
    public void The_framer_agrees_with_the_reader_on_random_json() =>
        Prop.ForAll(
            RandomJson.Objects(4).NonEmptyListOf().Zip(Gen.Choose(1, 70)).ToArbitrary(),
            t => Frames(new(), Encoding.UTF8.GetBytes(string.Join("\n", t.Item1)), [t.Item2]).SequenceEqual(t.Item1))
        .QuickCheckThrowOnFailure();

    /// <summary>Wherever the reader finds an object's end, so does the scan, escapes and braces in strings notwithstanding.</summary>
    [Fact]
    public void What_the_reader_accepts_from_a_soup_of_tokens_the_framer_frames() =>
        Prop.ForAll(
            Gen.Elements(Pieces).ListOf().Select(p => "{\"k\":\"" + string.Concat(p) + "\"}").Zip(Gen.Choose(1, 40)).ToArbitrary(),
            t => !IsObject(t.Item1) || Frames(new(), Encoding.UTF8.GetBytes(t.Item1), [t.Item2]).SequenceEqual([t.Item1]))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    public void An_escape_across_a_block_covers_the_next_byte(int padding)
    {
        var json = "{\"" + new string('a', padding) + "\\\"}{\\\\\": 1}";
        foreach (var cut in Enumerable.Range(1, json.Length)) Frames(new(), Encoding.ASCII.GetBytes(json), [cut]).ShouldBe([json]);
    }

    [Fact]
    public void Long_runs_of_escapes_need_no_stack()
    {
        var json = "{\"" + string.Concat(Enumerable.Repeat(new string('a', 31) + "\\\\", 200_000)) + "\": 1}";
        Frames(new(), Encoding.ASCII.GetBytes(json), []).Single().Length.ShouldBe(json.Length);
    }

    [Fact]
    public void Messages_up_to_the_cap_pass_and_longer_ones_are_refused_before_they_end()
    {
        var json = """{"a": "1234567890"}"""u8.ToArray();
        Frames(new(json.Length), json, [3]).Count.ShouldBe(1);
        Should.Throw<QmpProtocolException>(() => Frames(new(json.Length - 1), json, [3])).Message.ShouldContain("the longest accepted is 18");
        Should.Throw<QmpProtocolException>(() => Frames(new(10), json[..12], [])).Message.ShouldContain("12 bytes and more");
    }

    [Fact]
    public void Messages_nested_too_deep_are_refused_before_they_end() =>
        Should.Throw<QmpProtocolException>(() => Frames(new(1000, 8), "{\"a\":[[[[[[[["u8.ToArray(), [])).Message.ShouldContain("deeper than 8");

    [Theory]
    [InlineData("{}x{}", 2)]
    [InlineData("{} \r\n }", 6)]
    [InlineData("[{}]", 0)]
    [InlineData("HTTP/1.1 200 OK\r\n", 0)]
    [InlineData("{}\0", 2)]
    public void What_stands_between_messages_is_a_breach(string stream, long offset)
    {
        foreach (var cut in (int[])[1, 100])
            Should.Throw<QmpProtocolException>(() => Frames(new(), Encoding.ASCII.GetBytes(stream), [cut])).Offset.ShouldBe(offset);
    }

    [Fact]
    public void An_unfinished_frame_shows()
    {
        var framer = new JsonFramer();
        var buffer = new ReadOnlySequence<byte>("  "u8.ToArray());
        framer.TryRead(ref buffer, out _).ShouldBeFalse();
        framer.InFrame.ShouldBeFalse();
        buffer = new("{\"a\""u8.ToArray());
        framer.TryRead(ref buffer, out _).ShouldBeFalse();
        framer.InFrame.ShouldBeTrue();
        buffer = new("{\"a\": 1}"u8.ToArray());
        framer.TryRead(ref buffer, out _).ShouldBeTrue();
        framer.InFrame.ShouldBeFalse();
    }

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Feeds the bytes in pieces of the given lengths, over and over; each piece is a segment of its own.
    private static List<string> Frames(JsonFramer framer, byte[] bytes, int[] cuts)
    {
        var frames = new List<string>();
        var pending = new Segments();
        var at = 0;
        for (var i = 0; at < bytes.Length; i++)
        {
            var length = cuts.Length == 0 ? bytes.Length : Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            var buffer = pending.Append(bytes.AsMemory(at, length));
            at += length;
            while (framer.TryRead(ref buffer, out var frame)) frames.Add(Encoding.UTF8.GetString(frame));
            pending.Keep(buffer);
        }

        return frames;
    }
}
