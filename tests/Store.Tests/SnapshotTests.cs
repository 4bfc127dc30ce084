using System.Security.Cryptography;
using Qualm.Model;
using Qualm.Store.Snapshots;

namespace Qualm.Store.Tests;

/// <summary>Snapshots are read as they were written, or not at all.</summary>
public sealed class SnapshotTests(Servers servers) : StoreTests(servers, ServerKind.External)
{
    private static readonly Func<CancellationToken, Task> NoPause = _ => Task.CompletedTask;

    [StoreFact]
    public async Task What_was_written_is_read_piece_by_piece()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        var (snapshots, head) = (new SnapshotStore(Host), Head(1));
        ReadOnlyMemory<byte>[] pieces = [new byte[1 << 20], RandomNumberGenerator.GetBytes(1 << 20), Array.Empty<byte>(), new byte[] { 1, 2, 3 }];
        (await snapshots.WriteAsync(writer.Epoch, head, pieces, NoPause, CancellationToken.None)).ShouldBeInRange(1 << 20, 3 << 19);
        var found = (await snapshots.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (found.Turn, found.Position, found.Clock).ShouldBe((head.Turn, head.Position, head.Clock));
        found.About.ToArray().ShouldBe(head.About.ToArray());
        (await snapshots.ReadAsync(found, CancellationToken.None)).Select(p => p.ToArray()).ShouldBe(pieces.Select(p => p.ToArray()));
        await CheckAsync();
    }

    [StoreFact]
    public async Task An_engine_whose_epoch_is_over_writes_none_and_one_turn_ahead_of_the_record_is_none()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        var snapshots = new SnapshotStore(Host);
        await Should.ThrowAsync<FencedException>(() => snapshots.WriteAsync(writer.Epoch, Head(2), [new byte[9]], NoPause, CancellationToken.None));
        var pieces = 0;
        await Should.ThrowAsync<FencedException>(() => snapshots.WriteAsync(
            writer.Epoch, Head(1), [new byte[9], new byte[9]], async _ =>
            {
                if (++pieces == 1) await RunAsync("update $s.qualm_progress set epoch = epoch + 1");
            },
            CancellationToken.None));
        (await snapshots.ListAsync(CancellationToken.None)).ShouldBeEmpty();

        // What was left behind goes with the next one.
        await snapshots.WriteAsync(writer.Epoch + 1, Head(1), [new byte[9]], NoPause, CancellationToken.None);
        (await ScalarAsync<long>("select count(*) from $s.qualm_snapshot_piece")).ShouldBe(1);
    }

    [StoreFact]
    public async Task Any_byte_that_changed_is_found()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        var (snapshots, head) = (new SnapshotStore(Host), Head(1));
        await snapshots.WriteAsync(writer.Epoch, head, [new byte[100], new byte[100]], NoPause, CancellationToken.None);
        foreach (var harm in (string[])[
            "update $s.qualm_snapshot_piece set bytes = set_byte(bytes, 0, 1 # get_byte(bytes, 0)) where number = 0",
            "update $s.qualm_snapshot_piece set bytes = set_byte(bytes, 0, 1 # get_byte(bytes, 0)) where number = 0; update $s.qualm_snapshot_piece set bytes = substr(bytes, 1, 6) where number = 1",
            "update $s.qualm_snapshot_piece set number = 7 where number = 0",
            "delete from $s.qualm_snapshot_piece"])
        {
            await RunAsync(harm);
            await Should.ThrowAsync<StateFormatException>(() => snapshots.ReadAsync(head, CancellationToken.None));
        }

        await RunAsync("delete from $s.qualm_snapshot");
        await Should.ThrowAsync<StateFormatException>(() => snapshots.ReadAsync(head, CancellationToken.None));
    }

    [StoreFact]
    public async Task Old_ones_are_thinned_as_new_ones_come()
    {
        await using var writer = await AcquireAsync();
        var snapshots = new SnapshotStore(Host);
        for (var n = 1; n <= 40; n++)
        {
            await AppendAsync(writer, Event("vm/a", n));
            await snapshots.WriteAsync(writer.Epoch, Head(n), [new byte[9]], NoPause, CancellationToken.None);
        }

        var kept = (await snapshots.ListAsync(CancellationToken.None)).Select(h => h.Turn).ToArray();
        kept[..2].ShouldBe([40, 39]);
        kept[^1].ShouldBe(1);
        kept.Length.ShouldBeInRange(5, 12);
        (await ScalarAsync<long>("select count(*) from $s.qualm_snapshot_piece")).ShouldBe(kept.Length);
    }

    private static SnapshotHead Head(long turn) =>
        new(turn, new Position(turn), new Instant(Noon.Micros + (turn * 60 * Instant.Second)), new byte[] { 1, 2 }, "about"u8.ToArray());
}
