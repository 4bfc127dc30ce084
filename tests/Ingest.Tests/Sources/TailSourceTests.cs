using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Sources;

public sealed class TailSourceTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_come_as_they_are_finished()
    {
        await using var got = new Collected(Tail());
        Append(Line(1) + "\n" + Line(2)[..10]);
        await Come(got, 1);
        Append(Line(2)[10..] + "\r");
        Move(10);
        got.Items.Count.ShouldBe(1);
        Append("\n\n" + Line(3) + "\n");
        await Come(got, 3);

        got.Names.ShouldBe(["E1", "E2", "E3"]);
        got.Events.ShouldAllBe(e => e.Origin.Vm == "vm-events" && e.Origin.Source == "tail:" + File && !e.Origin.Live);
        got.Events[^1].ResumeAt.ShouldBe(new FileInfo(File).Length);
    }

    [Fact]
    public async Task File_that_is_not_there_is_waited_for()
    {
        await using var got = new Collected(Tail());
        Move(5);
        Append(Line(1) + "\n");
        await Come(got, 1);
    }

    [Fact]
    public async Task Garbage_is_kept_and_the_next_line_read()
    {
        Append(Line(1) + "\n{\"event\": \"TOR\n" + Line(2, vm: "b") + "\n\0\0\0\n" + Line(3) + "\n");
        await using var got = new Collected(Tail());
        await Come(got, 5);

        got.Names.ShouldBe(["E1", "E2", "E3"]);
        got.Events[1].Origin.Vm.ShouldBe("b");
        got.Garbage.Select(g => Encoding.UTF8.GetString(g.Bytes.Span)).ShouldBe(["{\"event\": \"TOR", "\0\0\0"]);
        got.Garbage.Select(g => g.Id).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Line_that_is_too_long_is_garbage_and_costs_no_other()
    {
        Append(Line(1) + "\n" + new string('x', 400_000) + "\n" + Line(2) + "\n");
        await using var got = new Collected(Tail(options: new() { MaxLineBytes = 100_000 }));
        await Come(got, 3);

        got.Names.ShouldBe(["E1", "E2"]);
        got.Garbage.Single().Reason.ShouldContain("longer than 100000 bytes");
        got.Events[1].ResumeAt.ShouldBe(new FileInfo(File).Length);
    }

    [Fact]
    public async Task Rotated_file_is_finished_before_the_new_one_begins()
    {
        Append(Line(1) + "\n");
        await using var got = new Collected(Tail());
        await Come(got, 1);
        System.IO.File.Move(File, File + ".1");
        System.IO.File.AppendAllText(File + ".1", Line(2) + "\n" + Line(3));
        Append(Line(4) + "\n");
        await Come(got, 4);

        got.Names.ShouldBe(["E1", "E2", "E3", "E4"]);
        got.Events.Select(e => e.Origin.Epoch).ShouldBe([1, 1, 1, 2]);
    }

    [Fact]
    public async Task Writer_that_has_not_noticed_the_rotation_is_waited_for()
    {
        Append(Line(1) + "\n");
        await using var got = new Collected(Tail());
        await Come(got, 1);
        System.IO.File.Move(File, File + ".1");
        System.IO.File.WriteAllText(File, "");
        for (var i = 0; i < 10; i++) Move(1);
        System.IO.File.AppendAllText(File + ".1", Line(2) + "\n");
        await Come(got, 2);
        Append(Line(3) + "\n");
        await Come(got, 3);

        got.Names.ShouldBe(["E1", "E2", "E3"]);
    }

    [Fact]
    public async Task Cut_file_is_read_from_its_start_under_new_ids()
    {
        Append(Line(1) + "\n" + Line(2) + "\n");
        await using var got = new Collected(Tail());
        await Come(got, 2);
        using (var file = System.IO.File.Open(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(0);
        await Eventually.True(() =>
        {
            Move(1);
            return got.Items.Count == 2;
        });
        Append(Line(3) + "\n");
        await Come(got, 3);

        got.Names.ShouldBe(["E1", "E2", "E3"]);
        got.Events.Select(e => e.Id).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task File_rotated_while_nobody_looked_is_finished_first()
    {
        Append(Line(1) + "\n" + Line(2) + "\n");
        var at = await PositionBehind(1);
        System.IO.File.Move(File, File + ".1");
        Append(Line(3) + "\n");
        await using var got = new Collected(Tail(at));
        await Come(got, 2);

        got.Names.ShouldBe(["E2", "E3"]);
    }

    [Fact]
    public async Task File_replaced_while_nobody_looked_is_read_from_its_start()
    {
        Append(Line(1) + "\n" + Line(2) + "\n");
        var at = await PositionBehind(2);
        System.IO.File.Delete(File);
        Append(Line(3) + "\n" + Line(4) + "\n" + Line(5) + "\n");
        await using var got = new Collected(Tail(at));
        await Come(got, 3);

        got.Names.ShouldBe(["E3", "E4", "E5"]);
    }

    [Fact]
    public async Task Restart_after_any_event_goes_on_behind_it_with_the_same_ids()
    {
        Append(string.Concat(Enumerable.Range(1, 6).Select(n => Line(n) + (n % 2 == 0 ? "\r\n" : "\n\n"))));
        await using var whole = new Collected(Tail());
        await Come(whole, 6);
        for (var stop = 0; stop < 6; stop++)
        {
            await using var rest = new Collected(Tail(TailPosition.Behind(whole.Events[stop])));
            await Come(rest, 5 - stop);
            rest.Events.Select(e => e.Id).ShouldBe(whole.Events.Skip(stop + 1).Select(e => e.Id));
        }
    }

    /// <summary>Wherever the writer stopped for a moment, and whenever the reader was restarted: each line once.</summary>
    [Fact]
    public void However_the_file_grows_each_line_comes_once() =>
        Prop.ForAll(Gen.Choose(1, 90).ListOf().ToArbitrary(), pieces =>
        {
            System.IO.File.Delete(File);
            var text = string.Concat(Enumerable.Range(1, 5).Select(n => Line(n) + "\n"));
            TailPosition? at = null;
            var ids = new List<Guid>();
            foreach (var piece in pieces.Append(text.Length))
            {
                var length = Math.Min(piece, text.Length);
                Append(text[..length]);
                text = text[length..];
                var (got, behind) = ReadOnce(at);
                ids.AddRange(got);
                at = behind;
            }

            return ids.Count == 5 && ids.Distinct().Count() == 5;
        }).QuickCheckThrowOnFailure();

    private string File => _folder["vm-events.jsonl"];

    private static string Line(int n, string? vm = null) => Some.Line("E" + n, Qualm.Model.Instant.FromUnix(n, 0), vm);

    private TailSource Tail(TailPosition? from = null, TailOptions? options = null) =>
        new(File, new(), from, options ?? new(), _time, NullLogger.Instance);

    private void Append(string text) => System.IO.File.AppendAllText(File, text);

    private void Move(int polls)
    {
        for (var i = 0; i < polls; i++) _time.Advance(TimeSpan.FromMilliseconds(200));
    }

    private Task Come(Collected got, int items) => Eventually.True(() =>
    {
        Move(1);
        return got.Items.Count == items;
    });

    private async Task<TailPosition> PositionBehind(int events)
    {
        await using var got = new Collected(Tail());
        await Eventually.True(() => got.Events.Count >= events);
        return TailPosition.Behind(got.Events[events - 1]).ShouldNotBeNull();
    }

    // What a run yields until it waits for the first time.
    private (List<Guid> Ids, TailPosition? Behind) ReadOnce(TailPosition? from)
    {
        var ids = new List<Guid>();
        var behind = from;
        var items = Tail(from).ReadAsync(default).GetAsyncEnumerator();
        for (var next = items.MoveNextAsync(); next.IsCompleted && next.Result; next = items.MoveNextAsync())
        {
            var received = ((SourceItem.Event)items.Current).Received;
            ids.Add(received.Id);
            behind = TailPosition.Behind(received);
        }

        return (ids, behind);
    }
}
