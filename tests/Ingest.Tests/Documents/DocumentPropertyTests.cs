using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qualm.Ingest.Documents;

namespace Qualm.Ingest.Tests.Documents;

public sealed class DocumentPropertyTests
{
    private static readonly string[] Pieces =
    [
        "{\"event\": \"STOP\"}", "{\"event\": \"STOP\"}\n", "{\"return\": {}}\r\n", "{\"event\":\n\"RESUME\"\n}\n", "\n", "\n\n", "{", "}", "[", "]", ",", "\"", "\\", "\n{", "{\"event\"",
        "garbage", "Title\n====\n", "\0", "\u00e9", "{\"vm\": \"a\", \"event\": \"X\", \"data\": {\"a\": [1, 2, {}]}}\n", " ", "<- ", "{\"a\": \"x\ny\"}\n", "\uFEFF",
    ];

    private static Gen<byte[]> Soup => Gen.Elements(Pieces).ListOf().Select(p => Encoding.UTF8.GetBytes(string.Concat(p)));

    /// <summary>However the file arrives, the same items come out, with the same places.</summary>
    [Fact]
    public void Cutting_does_not_change_the_items() =>
        Prop.ForAll(Soup.Zip(Gen.Choose(1, 12)).ToArbitrary(), t =>
            Reading.Read(t.Item1, chunk: t.Item2).Select(e => e.Print()).SequenceEqual(Reading.Read(t.Item1).Select(e => e.Print())))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Small_caps_do_not_change_what_lies_within_them_and_nothing_hangs() =>
        Prop.ForAll(Soup.Zip(Gen.Choose(1, 12)).ToArbitrary(), t =>
            InOrder(t.Item1, Reading.Read(t.Item1, new() { MaxValueBytes = 16 }, t.Item2)))
        .QuickCheckThrowOnFailure();

    /// <summary>Items are in order, do not overlap, and are the file's own bytes; what lies between them is white space or a separator.</summary>
    [Fact]
    public void Nothing_is_lost_silently() =>
        Prop.ForAll(Gen.OneOf(Soup, ArbMap.Default.GeneratorFor<byte[]>()).ToArbitrary(), bytes =>
        {
            var entries = Reading.Read(bytes);
            return InOrder(bytes, entries) && (IsDocument(bytes) || Between(bytes, entries).All(b => b is 0x20 or 0x09 or 0x0d or 0x0a or 0x5b or 0x5d or 0x2c or 0xEF or 0xBB or 0xBF));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_captured_file_reads_as_its_lines()
    {
        foreach (var file in Qmp.Captured.Files)
        {
            var lines = Qmp.Captured.Lines(file).ToList();
            var entries = Reading.Read(File.ReadAllBytes(file), chunk: 333);
            entries.Select(e => e.Line).ShouldBe(Enumerable.Range(1, lines.Count).Select(l => (long)l));
            entries.ShouldAllBe(e => !(e is DocumentEntry.Garbage));
        }
    }

    private static bool IsDocument(byte[] bytes)
    {
        var reader = new DocumentReader(new MemoryStream(bytes), Ingest.Qmp.QmpCatalogue.Instance);
        Reading.Rest(reader);
        return reader.IsDocument;
    }

    private static bool InOrder(byte[] bytes, List<DocumentEntry> entries)
    {
        long at = 0;
        foreach (var entry in entries)
        {
            if (entry.Start < at || entry.End < entry.Start || entry.End > bytes.Length) return false;
            if (entry is DocumentEntry.Event e && !bytes.AsSpan((int)e.Start, (int)(e.End - e.Start)).SequenceEqual(e.Value.Raw.Span)) return false;
            at = entry.End;
        }

        return true;
    }

    private static IEnumerable<byte> Between(byte[] bytes, List<DocumentEntry> entries)
    {
        var covered = new bool[bytes.Length];
        foreach (var entry in entries)
            covered.AsSpan((int)entry.Start, (int)(entry.End - entry.Start)).Fill(true);
        return bytes.Where((_, i) => !covered[i]);
    }
}
