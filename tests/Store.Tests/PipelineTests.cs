using Npgsql;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

/// <summary>Turns given to the writer before the ones before them have ended.</summary>
public abstract class PipelineTests(Servers servers, ServerKind kind) : StoreTests(servers, kind)
{
    private long _n;
    private int? _generation;

    [StoreFact]
    public async Task Turns_given_one_after_the_other_without_waiting_keep_their_order()
    {
        foreach (var copyAbove in (int[])[0, 60, 10_000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            var before = (await LogAsync()).Count;
            var commits = new List<Task>();
            for (var turn = 0; turn < 40; turn++) commits.Add(await SendAsync(writer, 40 + (turn * 7 % 50), 30));
            await Task.WhenAll(commits);
            writer.Progress.Position.Value.ShouldBe(await ScalarAsync<long>("select position from $s.qualm_progress"));
            var log = await LogAsync();
            log.Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, (int)_n).Select(n => (long)n));
            log.Count.ShouldBeGreaterThan(before + 1600);
            await CheckAsync();
        }
    }

    [StoreFact]
    public async Task A_turn_is_copied_while_the_one_before_it_still_waits()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        await await SendAsync(writer, 50, 50);
        await using var blocker = await Host.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var block = new NpgsqlCommand($"select from {Host.Schema}.qualm_progress for update", blocker)) await block.ExecuteNonQueryAsync();
        var first = await SendAsync(writer, 50, 50);
        var second = await SendAsync(writer, 50, 50);

        // The first cannot end; the second has sent its rows, which nobody sees yet.
        await Until(() => ScalarAsync<bool>(
            "select count(*) = 2 from pg_stat_activity where application_name like 'qualm%' and backend_xid is not null and (state = 'idle in transaction' or wait_event_type = 'Lock') and pid in (select pid from pg_locks where relation = '$s.mt_events'::regclass)"));
        (first.IsCompleted, second.IsCompleted, (await LogAsync()).Count).ShouldBe((false, false, 50));
        await transaction.RollbackAsync();
        await first;
        await second;
        await CheckAsync();
        (await LogAsync()).Count.ShouldBe(150);
    }

    [StoreFact]
    public async Task A_turn_that_is_refused_takes_the_one_behind_it_along()
    {
        foreach (var copyAbove in (int[])[0, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            var before = (await LogAsync()).Count;
            _generation = null;
            await await SendAsync(writer, 5, 5);
            var generation = writer.Generation;
            var bad = await SendAsync(writer, 5, 5, "{");
            _generation = generation;
            var behind = await SendAsync(writer, 5, 5);
            await Should.ThrowAsync<TurnRefusedException>(bad);
            await Should.ThrowAsync<StoreUnavailableException>(behind);
            await Should.ThrowAsync<StoreUnavailableException>(await SendAsync(writer, 5, 5));
            _generation = writer.Generation;
            await await SendAsync(writer, 5, 5);
            (await LogAsync()).Count.ShouldBe(before + 10);
            await CheckAsync();
        }
    }

    [StoreFact]
    public async Task A_refused_turn_leaves_the_one_before_it_alone()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        for (var round = 0; round < 5; round++)
        {
            var good = await SendAsync(writer, 400, 50);
            var bad = await SendAsync(writer, 50, 50, "{");
            await good;
            await Should.ThrowAsync<TurnRefusedException>(bad);
        }

        (await LogAsync()).Count.ShouldBe(2000);
        await AppendAsync(writer, Event("vm/end", ++_n));
        await CheckAsync();
    }

    [StoreFact]
    public async Task New_streams_of_a_turn_under_way_are_found_by_the_next()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        var commits = new List<Task>();
        for (var turn = 1; turn <= 12; turn++) commits.Add(await SendAsync(writer, 40, turn * 10));
        await Task.WhenAll(commits);
        (await LogAsync()).Count.ShouldBe(480);
        await CheckAsync();
    }

    [StoreFact]
    public async Task Another_application_may_append_at_any_time()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 20 });
        using var enough = new CancellationTokenSource();
        var others = Task.Run(async () =>
        {
            var appended = 0;
            for (; !enough.IsCancellationRequested || appended < 20; appended++) await AppendForeignAsync($"vm/{appended * 7 % 12}");
            return appended;
        });
        var commits = new List<Task>();
        for (var turn = 0; turn < 40; turn++)
        {
            commits.Add(await SendAsync(writer, turn % 5 == 0 ? 3 : 60, 12));
            if (turn > 0) await commits[^2];
        }

        await Task.WhenAll(commits);
        await enough.CancelAsync();
        var appended = await others;
        (await LogAsync()).Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, (int)_n).Select(n => (long)n));
        (await ScalarAsync<long>("select count(*) from $s.mt_events where type = 'theirs'")).ShouldBe(appended);
        await AppendAsync(writer, Event("vm/end", ++_n));
        await CheckAsync();
    }

    [StoreFact]
    public async Task An_application_that_waits_for_the_copied_turn_and_keeps_the_one_before_it_waiting_is_let_through()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        await AppendAsync(writer, Event("vm/x", ++_n), Event("vm/y", ++_n));

        // The stream of the first turn is locked by the application, which then waits for a row that the second turn has already copied.
        await using var other = await Host.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await AppendForeignAsync("vm/y", other);
        var first = writer.CommitAsync(TurnOf(await writer.ReserveAsync(1, CancellationToken.None), Event("vm/y", ++_n)), CancellationToken.None);
        var second = writer.CommitAsync(TurnOf(await writer.ReserveAsync(1, CancellationToken.None), Event("vm/x", ++_n)), CancellationToken.None);
        await AppendForeignAsync("vm/x", other);
        await transaction.CommitAsync();
        await first;
        await second;
        await AppendAsync(writer, Event("vm/end", ++_n));
        await CheckAsync();
    }

    [StoreFact]
    public async Task Connections_killed_at_any_moment_lose_nothing_and_double_nothing()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 20 });
        await AppendAsync(writer, Event("vm/0", 1));
        for (var round = 0; round < 12; round++)
        {
            _n = (await LogAsync())[^1].Headers.Ordinal;
            _generation = writer.Generation;
            var commits = new List<Task>();
            try
            {
                for (var turn = 0; turn < 6; turn++)
                {
                    if (turn == round % 6) commits.Add(KillWriterAsync());
                    commits.Add(await SendAsync(writer, 60 + round, 25));
                }
            }
            catch (StoreUnavailableException)
            {
                // No more positions until it is resumed.
            }

            foreach (var commit in commits) await FailedAsync(commit);
            await writer.ResumeAsync(CancellationToken.None);
            var log = await LogAsync();
            log.Select(r => r.Headers.Ordinal).ShouldBe(Enumerable.Range(1, log.Count).Select(n => (long)n));
            writer.Progress.Turn.ShouldBe(await ScalarAsync<long>("select turn from $s.qualm_progress"));
        }

        await AppendAsync(writer, Event("vm/end", (await LogAsync())[^1].Headers.Ordinal + 1));
        await CheckAsync();
    }

    [StoreFact]
    public async Task An_overtaken_engine_writes_neither_of_two_turns()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        await await SendAsync(writer, 50, 50);
        var positions = await writer.ReserveAsync(50, CancellationToken.None);
        await RunAsync("update $s.qualm_progress set epoch = epoch + 1");
        var first = Send(writer, positions, 50);
        var second = SendAsync(writer, 50, 50);
        await Should.ThrowAsync<FencedException>(first);
        await Should.ThrowAsync<StoreException>(second);
        (await LogAsync()).Count.ShouldBe(50);
    }

    [StoreFact]
    public async Task No_event_is_without_its_stream_even_when_streams_are_deleted_meanwhile()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 0 });
        await await SendAsync(writer, 50, 25);
        await using var blocker = await Host.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var block = new NpgsqlCommand($"select from {Host.Schema}.qualm_progress for update", blocker)) await block.ExecuteNonQueryAsync();
        var first = writer.CommitAsync(TurnOf(await writer.ReserveAsync(1, CancellationToken.None), Event("vm/0", ++_n)), CancellationToken.None);
        var second = writer.CommitAsync(TurnOf(await writer.ReserveAsync(1, CancellationToken.None), Event("vm/1", ++_n)), CancellationToken.None);
        await RunAsync("delete from $s.mt_streams where id = 'vm/1'");
        await transaction.RollbackAsync();
        await Task.WhenAll(first, second);
        (await ScalarAsync<long>("select count(*) from $s.mt_events e where not exists (select from $s.mt_streams s where s.id = e.stream_id)")).ShouldBe(0);
        (await LogAsync()).Where(r => r.Stream == "vm/1").Select(r => r.Version).ShouldBe([1]);
    }

    [StoreFact]
    public async Task Triggers_of_others_see_every_event()
    {
        await RunAsync(
            "create table $s.seen (n bigint); create function $s.see() returns trigger language plpgsql as 'begin insert into $s.seen values (new.seq_id); return null; end'; create trigger see after insert on $s.mt_events for each row execute function $s.see()");
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 20 });
        var commits = new List<Task>();
        for (var turn = 0; turn < 6; turn++) commits.Add(await SendAsync(writer, turn % 3 == 0 ? 5 : 60, 20));
        await Task.WhenAll(commits);
        (await ScalarAsync<long>("select count(distinct n) from $s.seen")).ShouldBe(_n);
    }

    [StoreFact]
    public async Task A_role_without_privileges_will_do()
    {
        await RunAsync("create role plain_$s login password 'p'; grant create on database qualm to plain_$s");
        var plain = new NpgsqlConnectionStringBuilder(Host.Source.ConnectionString) { Username = "plain_" + Host.Schema, Password = "p" };
        await using var host = await StoreHost.OpenAsync(new StoreLocation.External(plain.ConnectionString, "p" + Host.Schema), TimeProvider.System, CancellationToken.None);
        await using var writer = await TurnWriter.AcquireAsync(host, new TurnWriterOptions { CopyAbove = 20 }, CancellationToken.None);
        var commits = new List<Task>();
        for (var turn = 0; turn < 9; turn++) commits.Add(await SendAsync(writer, turn % 3 == 0 ? 5 : 60, 20));
        await Task.WhenAll(commits);
        (await ScalarAsync<long>("select count(*) from p$s.mt_events")).ShouldBe(_n);
    }

    /// <summary>Waits for a commit that may have failed because the connection did.</summary>
    private static async Task FailedAsync(Task commit)
    {
        try
        {
            await commit;
        }
        catch (StoreUnavailableException)
        {
            // Or not.
        }
    }

    private async Task<Task> SendAsync(TurnWriter writer, int rows, int streams, string json = "{\"n\":1}")
    {
        return Send(writer, await writer.ReserveAsync(rows, CancellationToken.None), streams, json);
    }

    private Task Send(TurnWriter writer, Positions positions, int streams, string json = "{\"n\":1}")
    {
        var turn = TurnOf(positions, [.. Enumerable.Range(0, positions.Count).Select(i => Event($"vm/{i % streams}", ++_n, json))]);
        turn.Generation = _generation;
        return writer.CommitAsync(turn, CancellationToken.None);
    }
}

public sealed class PrivatePipelineTests(Servers servers) : PipelineTests(servers, ServerKind.Private);

public sealed class ExternalPipelineTests(Servers servers) : PipelineTests(servers, ServerKind.External);
