using Qualm.Model;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

public abstract class TurnTests(Servers servers, ServerKind kind) : StoreTests(servers, kind)
{
    [StoreFact]
    public async Task Versions_count_from_one_in_each_stream_and_numbers_have_no_holes()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1), Event("vm/b", 2), Event("vm/a", 3));
        await AppendAsync(writer, Event("vm/b", 4));
        var log = await LogAsync();
        log.Select(r => (r.Position, r.Stream, r.Version)).ShouldBe([(1, "vm/a", 1), (2, "vm/b", 1), (3, "vm/a", 2), (4, "vm/b", 2)]);
        log[0].Headers.ShouldBe(Event("vm/a", 1).Headers);
        await CheckAsync();
    }

    [StoreFact]
    public async Task Both_ways_of_writing_leave_the_same_rows()
    {
        AppendRow[] rows =
        [
            .. Enumerable.Range(1, 40).Select(n => Event($"vm/{n % 7}", n, "{\"text\":\"\\\"\\\\ \\t ü 🐢 \\u00e9\",\"n\":1e400,\"a\":[]}", raw: n % 5 == 0 ? "raw"u8.ToArray() : default)),
            Event("vm/'\"\\ \t🐢", 41) with { Data = default, CorrelationId = "c", CausationId = "d", DotnetType = "A.B, C" },
            Event("vm/z", 42) with { Headers = new EventHeaders(RowKind.Import, new Instant(-5), "a\"b\\c\n", null, 0, 0, EventMarks.Late) { Weight = 9 } },
        ];
        const string Snapshot =
            "select string_agg(concat_ws('|', seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, is_archived, (select raw from $s.qualm_raw where position = seq_id)), E'\\n' order by seq_id) from $s.mt_events";
        await using (var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 1000 })) await AppendAsync(writer, rows);
        var atOnce = await ScalarAsync<string>(Snapshot);
        await RunAsync("truncate $s.mt_streams cascade; truncate $s.qualm_raw; update $s.qualm_progress set position = 0; alter sequence $s.mt_events_sequence restart");
        await using (var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 })) await AppendAsync(writer, rows);
        (await ScalarAsync<string>(Snapshot)).ShouldBe(atOnce);
        var last = (await LogAsync())[^1];
        last.Headers.ShouldBe(rows[^1].Headers);
        (await LogAsync())[^2].Json.ShouldBe("{}");
    }

    [StoreFact]
    public async Task Any_name_of_a_vm_survives()
    {
        string[] names = ["vm/a\0b", "vm/" + new string('x', 5000), "vm/" + new string('ü', 3000) + "1", "vm/\ud800", "vm/'; drop table x; --", "vm/" + string.Concat(Enumerable.Range(0, 4000).Select(i => (char)(0x4e00 + (i * 7919 % 20000))))];
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 3 });
        await AppendAsync(writer, [.. names.Select((name, i) => Event(name, i))]);
        foreach (var name in names)
        {
            await AppendAsync(writer, Event(name, 100));
            (await LogAsync()).Count(r => r.Stream == StoredText.Stream(name)).ShouldBe(2);
            StoredText.Stream(StoredText.Stream(name)).ShouldBe(StoredText.Stream(name));
            await foreach (var batch in new LogReader(Host).ReadStreamAsync(name, 2, new LogQuery(), CancellationToken.None)) batch.Count.ShouldBe(1);
        }

        await CheckAsync();
    }

    [StoreFact]
    public async Task Everything_of_a_turn_is_written_with_it()
    {
        await using var writer = await AcquireAsync();
        var positions = await writer.ReserveAsync(1, CancellationToken.None);
        var turn = TurnOf(positions, Event("vm/a", 1, raw: "as received"u8.ToArray()));
        turn.Digest = new byte[] { 1, 2 };
        turn.Resume("tail:/x", new byte[] { 9 });
        turn.Remember(Id(1));
        turn.Add(new Quarantined("file:/x", 3, 4, "no JSON", "{"u8.ToArray(), Id(2)), Noon);
        turn.Add(new OutboxEntry("pager", "al", "ep", "firing", "{}"u8.ToArray(), Noon));
        await writer.CommitAsync(turn, CancellationToken.None);

        var stored = await new ProgressReader(Host).ReadAsync(CancellationToken.None);
        (stored.Epoch, stored.Turn, stored.Position, stored.Clock).ShouldBe((1, 1, positions[0], turn.Clock));
        stored.Digest.ToArray().ShouldBe([1, 2]);
        (await new ProgressReader(Host).ReadSourcesAsync(CancellationToken.None))["tail:/x"].ToArray().ShouldBe([9]);
        (await new KnownEvents(Host).FindAsync([Id(1), Id(7)], CancellationToken.None)).ShouldBe([Id(1)]);
        (await new LogReader(Host).FindRawAsync(positions[0], CancellationToken.None)).ShouldBe("as received"u8.ToArray());
        (await new Quarantine.QuarantineReader(Host).CountAsync(CancellationToken.None)).ShouldBe(1);
        await foreach (var row in new Quarantine.QuarantineReader(Host).ReadAsync(5, CancellationToken.None)) row.Item.Reason.ShouldBe("no JSON");
        (await new Outbox.OutboxStore(Host).CountAsync(CancellationToken.None)).Pending.ShouldBe(1);
        (await writer.Outbox.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
    }

    [StoreFact]
    public async Task Refused_data_is_told_apart_and_leaves_no_trace()
    {
        foreach (var copyAbove in (int[])[0, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            var positions = await writer.ReserveAsync(2, CancellationToken.None);
            foreach (var bad in (string[])["{", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}"])
            {
                var refused = await Should.ThrowAsync<TurnRefusedException>(
                    writer.CommitAsync(TurnOf(positions, Event("vm/a", 1), Event("vm/a", 2, bad)), CancellationToken.None));
                refused.SqlState.ShouldStartWith("22");
            }

            await AppendAsync(writer, Event("vm/a", 3));
            await CheckAsync();
        }

        (await LogAsync()).Count.ShouldBe(2);
    }

    [StoreFact]
    public async Task Unused_numbers_become_tombstones_that_readers_skip()
    {
        await using var writer = await AcquireAsync();
        var positions = await writer.ReserveAsync(5, CancellationToken.None);
        await writer.CommitAsync(TurnOf(positions, Event("vm/a", 1)), CancellationToken.None);
        await CheckAsync();
        (await ScalarAsync<long>("select count(*) from $s.mt_events where type = 'tombstone'")).ShouldBe(4);
        (await LogAsync(new LogQuery { Kinds = LogKinds.All })).Count.ShouldBe(1);
        writer.Progress.Position.Value.ShouldBe(5);
        await Should.ThrowAsync<ArgumentException>(writer.CommitAsync(TurnOf(positions, Event("vm/a", 1)), CancellationToken.None));
    }

    [StoreFact]
    public async Task Numbers_for_the_next_turn_come_with_the_commit()
    {
        await using var writer = await AcquireAsync();
        foreach (var next in (int[])[3, 2, 0])
        {
            var positions = await writer.ReserveAsync(2, CancellationToken.None);
            var turn = TurnOf(positions, Event("vm/a", 1), Event("vm/b", 2));
            turn.ReserveNext = next;
            await writer.CommitAsync(turn, CancellationToken.None);
        }

        await CheckAsync();
        (await LogAsync()).Count.ShouldBe(6);
    }

    [StoreFact]
    public async Task Numbers_burnt_by_an_earlier_life_are_filled_at_the_start()
    {
        await using (var first = await AcquireAsync())
        {
            await AppendAsync(first, Event("vm/a", 1));
            await first.ReserveAsync(7, CancellationToken.None);
        }

        await using var second = await AcquireAsync();
        await CheckAsync();
        await AppendAsync(second, Event("vm/a", 2));
        (await LogAsync()).Select(r => r.Position).ShouldBe([1, 9]);
        second.Epoch.ShouldBe(2);
    }

    [StoreFact]
    public async Task A_second_engine_is_told_who_holds_the_store()
    {
        await using var first = await AcquireAsync();
        var busy = await Should.ThrowAsync<WriterBusyException>(AcquireAsync(new TurnWriterOptions { TakeoverPatience = TimeSpan.Zero }));
        busy.ProcessId.ShouldNotBeNull();
        busy.ApplicationName.ShouldContain("qualm");
        var waiting = AcquireAsync(new TurnWriterOptions { TakeoverPatience = TimeSpan.FromSeconds(30) });
        await first.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [StoreFact]
    public async Task An_engine_that_was_overtaken_is_fenced()
    {
        await using var old = await AcquireAsync();
        var positions = await old.ReserveAsync(1, CancellationToken.None);
        await RunAsync("update $s.qualm_progress set epoch = epoch + 1");
        await Should.ThrowAsync<FencedException>(old.CommitAsync(TurnOf(positions, Event("vm/a", 1)), CancellationToken.None));
        (await LogAsync()).ShouldBeEmpty();

        await KillWriterAsync();
        await using var next = await AcquireAsync();
        await Should.ThrowAsync<FencedException>(old.CommitAsync(TurnOf(positions, Event("vm/a", 1)), CancellationToken.None));
        await CheckAsync();
    }

    [StoreFact]
    public async Task An_engine_that_was_overtaken_draws_no_numbers_any_more()
    {
        await using var old = await AcquireAsync();
        await old.ReserveAsync(1, CancellationToken.None);
        await RunAsync("update $s.qualm_progress set epoch = epoch + 1");
        var drawn = await ScalarAsync<long>("select last_value from $s.mt_events_sequence");
        await Should.ThrowAsync<FencedException>(old.ReserveAsync(1, CancellationToken.None).AsTask());
        await Should.ThrowAsync<FencedException>(old.ReserveAsync(7, CancellationToken.None).AsTask());
        (await ScalarAsync<long>("select last_value from $s.mt_events_sequence")).ShouldBe(drawn);
    }

    [StoreFact]
    public async Task A_hole_that_others_have_written_past_is_filled_at_the_next_start()
    {
        // At each of the three places somebody drew a number too late to be noticed.
        for (var start = 0; start < 3; start++)
        {
            await using var writer = await AcquireAsync();
            await ScalarAsync<long>("select nextval('$s.mt_events_sequence')");
            await AppendAsync(writer, Event("vm/a", (start * 10) + 1), Event("vm/a", (start * 10) + 2));
            (await ScalarAsync<long>("select last_value - (select count(*) from $s.mt_events) from $s.mt_events_sequence")).ShouldBeGreaterThan(0);
        }

        await using (await AcquireAsync()) await CheckAsync();
        (await ScalarAsync<long>("select position - (select count(*) from $s.mt_events) from $s.qualm_settled")).ShouldBe(0, "the next start need not look there again");
    }

    [StoreFact]
    public async Task A_killed_connection_loses_nothing_and_doubles_nothing()
    {
        foreach (var copyAbove in (int[])[0, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            var before = (await LogAsync()).Count;
            await AppendAsync(writer, Event("vm/a", 1));
            var positions = await writer.ReserveAsync(3, CancellationToken.None);
            await KillWriterAsync();
            var turn = TurnOf(positions, Event("vm/a", 2), Event("vm/b", 3));
            var lost = await Should.ThrowAsync<StoreUnavailableException>(writer.CommitAsync(turn, CancellationToken.None));
            (lost.IsTransient, lost.Outcome).ShouldBe((true, TurnOutcome.NotCommitted));
            (await writer.ResumeAsync(CancellationToken.None)).ShouldBe(TurnOutcome.NotCommitted);
            await AppendAsync(writer, Event("vm/a", 2), Event("vm/b", 3));
            (await LogAsync()).Count.ShouldBe(before + 3);
            await CheckAsync();
        }
    }

    [StoreFact]
    public async Task A_turn_killed_while_it_waits_is_not_written()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        await using var blocker = await Host.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await AppendForeignAsync("vm/a", blocker);
        var writing = AppendAsync(writer, Event("vm/a", 2));
        await Until(() => ScalarAsync<bool>("select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%$s.%')"));
        await KillWriterAsync();
        await transaction.RollbackAsync();
        (await Should.ThrowAsync<StoreUnavailableException>(writing)).Outcome.ShouldBe(TurnOutcome.NotCommitted);
        await AppendAsync(writer, Event("vm/a", 2));
        (await LogAsync()).Count.ShouldBe(2);
    }

    [StoreFact]
    public async Task A_turn_committed_before_the_connection_went_counts_as_committed()
    {
        await using var writer = await AcquireAsync();
        var positions = await writer.ReserveAsync(1, CancellationToken.None);

        // As if the commit had been carried out and its answer lost: the next attempt finds its turn's number in the progress.
        await RunAsync("create function $s.gone() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'");
        await RunAsync("update $s.qualm_progress set turn = 1");
        await RunAsync("create trigger gone after insert on $s.mt_events execute function $s.gone()");
        await writer.CommitAsync(TurnOf(positions, Event("vm/a", 1)), CancellationToken.None);
        writer.Progress.Turn.ShouldBe(1);
        await RunAsync("drop trigger gone on $s.mt_events");
        await AppendAsync(writer, Event("vm/a", 2));
    }

    [StoreFact]
    public async Task Another_application_may_append_between_our_turns()
    {
        foreach (var copyAbove in (int[])[0, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            await AppendAsync(writer, Event("vm/a", 1), Event("vm/b", 2));
            await AppendForeignAsync("vm/a");
            await AppendAsync(writer, Event("vm/a", 3), Event("vm/b", 4));
            await AppendForeignAsync("vm/new");
            await AppendAsync(writer, Event("vm/new", 5), Event("vm/a", 6));
            await CheckAsync();
        }

        (await LogAsync(new LogQuery { Kinds = LogKinds.Foreign })).Count.ShouldBe(4);
        (await new LogReader(Host).CountAsync(CancellationToken.None))[RowKind.Foreign].ShouldBe(4);
    }

    [StoreFact]
    public async Task Turns_queued_behind_a_failed_one_fail_too()
    {
        await using var writer = await AcquireAsync();
        var first = writer.CommitAsync(TurnOf(await writer.ReserveAsync(1, CancellationToken.None), Event("vm/a", 1, "{")), CancellationToken.None);
        var positions = await writer.ReserveAsync(1, CancellationToken.None);
        var queued = first.IsCompleted ? null : writer.CommitAsync(TurnOf(positions, Event("vm/a", 2)), CancellationToken.None);
        await Should.ThrowAsync<TurnRefusedException>(first);
        if (queued is not null && !queued.IsCompletedSuccessfully) await Should.ThrowAsync<StoreUnavailableException>(queued);
        await AppendAsync(writer, Event("vm/a", 3));
        await CheckAsync();
    }

    [StoreFact]
    public async Task Large_turns_with_new_and_old_streams_keep_their_order()
    {
        await using var writer = await AcquireAsync();
        var n = 0;
        for (var turn = 0; turn < 4; turn++)
            await AppendAsync(writer, [.. Enumerable.Range(0, 1500).Select(i => Event($"vm/{(i * 31 + turn) % 700}", ++n, $"{{\"n\":{n}}}"))]);
        var log = await LogAsync();
        log.Select(r => r.Json).ShouldBe(Enumerable.Range(1, 6000).Select(i => $"{{\"n\": {i}}}"));
        await CheckAsync();
    }
}

public sealed class PrivateTurnTests(Servers servers) : TurnTests(servers, ServerKind.Private);

public sealed class ExternalTurnTests(Servers servers) : TurnTests(servers, ServerKind.External);
