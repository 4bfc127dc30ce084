using Qualm.Store.Reading;

namespace Qualm.Store.Tests;

public abstract class ReadingTests(Servers servers, ServerKind kind) : StoreTests(servers, kind)
{
    [StoreFact]
    public async Task Rows_of_any_size_come_whole()
    {
        int[] sizes = [0, 3_000_000, 1, 200_000, 130_000, 400_000, 5, 1_000_000, 90_000];
        await using var writer = await AcquireAsync();
        foreach (var size in sizes) await AppendAsync(writer, Event("vm/a", size, $"{{\"t\": \"{new string('x', size)}\"}}"));
        var log = await LogAsync();
        log.Select(r => (r.Headers.Ordinal, r.Json.Length)).ShouldBe(sizes.Select(size => ((long)size, size + 9)));
        (await LogAsync(new LogQuery { Kinds = LogKinds.Import })).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task A_reader_may_break_off_anywhere_and_begin_anew()
    {
        await FillAsync(4000);
        var reader = new LogReader(Host);
        for (var round = 0; round < 10; round++)
        {
            await foreach (var batch in reader.ReadAsync(new LogQuery(), CancellationToken.None))
            {
                batch[0].Headers.Ordinal.ShouldBe(1);
                break;
            }
        }

        var seen = 0;
        await foreach (var batch in reader.ReadAsync(new LogQuery(), CancellationToken.None)) seen += batch.Count;
        seen.ShouldBe(4000);
        (await ScalarAsync<long>("select count(*) from pg_stat_activity where query like 'copy (select%' and state <> 'idle' and datname = current_database()")).ShouldBe(0);
    }

    [StoreFact]
    public async Task A_reader_that_waits_for_the_server_can_be_cancelled()
    {
        await FillAsync(10);
        await using var blocker = await Host.Source.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var block = new Npgsql.NpgsqlCommand($"lock table {Host.Schema}.mt_events in access exclusive mode", blocker)) await block.ExecuteNonQueryAsync();
        using var enough = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var batch in new LogReader(Host).ReadStreamAsync("vm/1", 1, new LogQuery(), enough.Token)) batch.Count.ShouldBe(0);
        });
        await Until(() => ScalarAsync<bool>("select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like 'copy (select%$s.%')"));
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [StoreFact]
    public async Task A_reader_whose_connection_is_lost_says_so()
    {
        await FillAsync(6000);
        var lost = await Should.ThrowAsync<StoreUnavailableException>(async () =>
        {
            await foreach (var batch in new LogReader(Host).ReadAsync(new LogQuery(), CancellationToken.None))
                await RunAsync("select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy (select%$s.%' and pid <> pg_backend_pid()");
        });
        lost.IsTransient.ShouldBeTrue();
    }

    private async Task FillAsync(int rows)
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, [.. Enumerable.Range(1, rows).Select(n => Event($"vm/{n % 9}", n, $"{{\"t\": \"{new string('y', 500)}\"}}"))]);
    }
}

public sealed class PrivateReadingTests(Servers servers) : ReadingTests(servers, ServerKind.Private);

public sealed class ExternalReadingTests(Servers servers) : ReadingTests(servers, ServerKind.External);
