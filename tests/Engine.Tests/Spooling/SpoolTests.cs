using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Engine.Spooling;
using Qualm.Ingest.Qmp;
using Qualm.Model;

namespace Qualm.Engine.Tests.Spooling;

public sealed class SpoolTests : IDisposable
{
    private const string Store = "s-1";

    private static readonly SpoolOptions Small = new() { Limit = 1 << 18 };

    private readonly string _root = Some.Folder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Every_kind_of_input_comes_back_as_it_went_in()
    {
        var item = new Quarantined("a", 1, 2, "why\ud800", new byte[] { 1, 2, 255 }, new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]));
        var separate = Some.Event(2);
        separate = separate with { Received = separate.Received with { Event = separate.Received.Event with { Data = "{}"u8.ToArray(), EventTime = null, Altered = true } } };
        var unknown = Some.Event(3) with { First = new Instant(-7) };
        unknown = unknown with { Received = unknown.Received with { Event = new QmpEvent("X_NEW", null, new Instant(9), default, "raw"u8.ToArray(), false) } };
        StampedInput[] inputs =
        [
            Some.Event(1), separate, unknown, Some.Event(4, new EventOrigin("engine", "", null, "engine", 3)), new StampedInput.Garbage(new(5), item),
            new StampedInput.Activation(new(6), new RuleSetText([new("a.yaml", "text"), new("b/c.yaml", "ü")])) { WarmedFrom = new(3) },
            new StampedInput.Command(new(7), new OperatorCommand.Acknowledge("t", "by", ""), 42), new StampedInput.Command(new(8), new OperatorCommand.NotUnderstood(item), 43),
            new StampedInput.Tick(new(9)),
        ];
        using var spool = Open();
        spool.Append(inputs);
        var read = spool.Read(100);
        read.Select(Text).ShouldBe(inputs.SkipLast(1).Select(Text));
        ((StampedInput.Event)read[0]).Received.Event.Schema.ShouldBeSameAs(QmpCatalogue.Instance.Find("STOP"));
        spool.Read(100).ShouldBeEmpty();
        spool.TakeDamage().ShouldBeNull();
    }

    [Fact]
    public void A_folder_that_somebody_holds_is_told_from_one_that_cannot_be_read()
    {
        using (SpoolFolder.Take(_root, 7)) Should.Throw<SpoolInUseException>(() => SpoolFolder.Take(_root, 7)).Message.ShouldContain(Path.Combine(_root, "7"));
        File.WriteAllText(Path.Combine(_root, "8"), "");
        Should.Throw<IOException>(() => SpoolFolder.Take(_root, 8)).ShouldNotBeOfType<SpoolInUseException>();
    }

    [Fact]
    public void However_it_is_filled_read_and_trimmed_each_input_comes_out_once_and_in_order()
    {
        var steps = Gen.Choose(0, 2).SelectMany(kind => Gen.Choose(1, 40), (kind, count) => (Kind: kind, Count: count)).ArrayOf();
        Prop.ForAll(steps.ToArbitrary(), all =>
        {
            using var spool = Open();
            var (written, read) = (new List<long>(), new List<long>());
            var next = 1L;
            foreach (var (kind, count) in all)
            {
                if (kind == 0)
                {
                    // The end of what was written before stands there again, as turns in flight do.
                    var again = Math.Min(next - 1, count / 2);
                    spool.Append(Some.Events(next - again, count + (int)again));
                    written.AddRange(Enumerable.Range(0, count).Select(i => next + i));
                    next += count;
                }
                else if (kind == 1)
                {
                    read.AddRange(spool.Read(count).Select(i => i.Stamp.Micros));
                }
                else
                {
                    spool.Trim(new Instant(read.Count > 0 ? read[^1] : 0));
                }
            }

            while (spool.Read(7) is { Count: > 0 } rest) read.AddRange(rest.Select(i => i.Stamp.Micros));
            spool.Clear();
            return read.SequenceEqual(written) && spool.Bytes == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
        Directory.Exists(Path.Combine(_root, "9")).ShouldBeFalse("an empty spool leaves nothing behind");
    }

    [Fact]
    public void Segments_are_removed_when_they_are_read_and_committed_and_not_before()
    {
        using var spool = Open();
        for (var i = 0; i < 20; i++) spool.Append(Some.Events((i * 100) + 1, 100));
        var all = spool.Bytes;
        spool.Trim(new Instant(500));
        spool.Bytes.ShouldBe(all, "nothing was read");
        while (spool.Read(1000).Count > 0)
        {
        }

        spool.Trim(new Instant(1000));
        spool.Bytes.ShouldBeInRange(all / 3, all * 2 / 3);
        spool.Oldest!.Value.Micros.ShouldBe(1001);
    }

    [Fact]
    public void What_an_engine_left_comes_out_once_however_close_together_it_stands_there_twice()
    {
        Leave([.. Some.Events(1, 3), .. Some.Events(2, 4), .. Some.Events(1, 9)]);
        Pieces().SelectMany(p => p.Inputs).Select(i => i.Stamp.Micros).ShouldBe(Enumerable.Range(1, 9).Select(i => (long)i));
    }

    [Fact]
    public void A_tail_cut_anywhere_costs_only_what_was_not_acknowledged()
    {
        Prop.ForAll(Gen.Choose(1, 400).ToArbitrary(), cut =>
        {
            var path = Leave(Some.Events(1, 30));
            using (var file = File.OpenWrite(path)) file.SetLength(Math.Max(1, file.Length - cut));
            var pieces = Pieces();
            var inputs = pieces.SelectMany(p => p.Inputs).Select(i => i.Stamp.Micros).ToList();
            Directory.Delete(Path.Combine(_root, "9"), recursive: true);
            return pieces.All(p => p.Damage is null) && inputs.SequenceEqual(Enumerable.Range(1, inputs.Count).Select(i => (long)i)) && inputs.Count >= 30 - 1 - (cut / 100);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void A_damaged_byte_costs_what_follows_it_in_its_segment_is_told_and_kept()
    {
        Prop.ForAll(Gen.Choose(0, 99).ToArbitrary(), place =>
        {
            using (var spool = Open())
            {
                for (var i = 0; i < 30; i++) spool.Append(Some.Events((i * 20) + 1, 20));
            }

            using var folder = SpoolFolder.Take(_root, 9);
            var first = folder.Segments()[0];
            var bytes = File.ReadAllBytes(first);
            bytes[bytes.Length * place / 100] ^= 0x10;
            File.WriteAllBytes(first, bytes);
            var segments = new LeftSegments(folder, Store, Metrics.None, NullLogger.Instance);
            var pieces = segments.Read(50).ToList();
            var damage = pieces.Single(p => p.Damage is not null).Damage!;
            var stamps = pieces.SelectMany(p => p.Inputs).Select(i => i.Stamp.Micros).ToList();
            var isolated = stamps.SequenceEqual(stamps.Order()) && stamps[^1] == 600 && damage.Offset + damage.Rest.Length == bytes.Length;
            segments.Remove();
            var kept = folder.Segments().Count == 0 && File.ReadAllBytes(folder.AsideOf(first)).SequenceEqual(bytes);
            return isolated && kept;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void What_belongs_to_another_store_is_left_alone()
    {
        Leave(Some.Events(1, 3));
        using var folder = SpoolFolder.Take(_root, 9);
        Should.Throw<InvalidDataException>(() => new LeftSegments(folder, "another", Metrics.None, NullLogger.Instance).Read(10).ToList()).Message.ShouldContain("another store");
        folder.Segments().Count.ShouldBe(1);
    }

    [Fact]
    public void No_two_engines_hold_one_spool()
    {
        using var first = SpoolFolder.Take(_root, 9);
        Should.Throw<IOException>(() => SpoolFolder.Take(_root, 9));
    }

    private Spool Open() => new(_root, Store, 9, Small);

    private string Leave(StampedInput[] inputs)
    {
        using var spool = Open();
        spool.Append(inputs);
        using var _ = spool;
        return Path.Combine(_root, "9", "0000000001.spool");
    }

    private List<LeftSegments.Piece> Pieces()
    {
        using var folder = SpoolFolder.Take(_root, 9);
        return [.. new LeftSegments(folder, Store, Metrics.None, NullLogger.Instance).Read(10)];
    }

    private static string Text(StampedInput input) => input switch
    {
        StampedInput.Event e => $"{e.Stamp} {e.At} {e.Marks} {e.Weight} {e.First} {e.Received.Origin} {e.Received.Id} {e.Received.Ordinal} {e.Received.ResumeAt} {e.Received.Event.Name} {e.Received.Event.EventTime} {e.Received.Event.Altered} {Convert.ToHexString(e.Received.Event.Raw.Span)} {Convert.ToHexString(e.Received.Event.Data.Span)}",
        StampedInput.Garbage g => $"{g.Stamp} {Text(g.Item)}",
        StampedInput.Activation a => $"{a.Stamp} {a.WarmedFrom} {a.Rules.Digest}",
        StampedInput.Command { What: OperatorCommand.NotUnderstood what } c => $"{c.Stamp} {c.Inbox} {Text(what.Item)}",
        _ => input.ToString(),
    };

    private static string Text(Quarantined item) => $"{item.Source} {item.Line} {item.Column} {item.Reason} {item.Id} {Convert.ToHexString(item.Bytes.Span)}";
}
