using Qualm.Store.Importing;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

public abstract class ImportTests(Servers servers, ServerKind kind) : StoreTests(servers, kind)
{
    [StoreFact]
    public async Task Importing_twice_adds_nothing()
    {
        AppendRow[] rows = [.. Enumerable.Range(1, 2500).Select(n => Event($"vm/{n % 50}", n, kind: RowKind.Import))];
        (await ImportAsync(1, rows)).ShouldBe(new ImportResult(2500, 0));
        (await ImportAsync(2, rows)).ShouldBe(new ImportResult(0, 2500));
        (await ImportAsync(3, [Event("vm/1", 7, kind: RowKind.Import), Event("vm/1", 9001, kind: RowKind.Import), Event("vm/1", 9001, kind: RowKind.Import)]))
            .ShouldBe(new ImportResult(1, 2));
        (await LogAsync()).Count.ShouldBe(2501);
        await CheckAsync();
        (await ScalarAsync<long>("select count(*) from $s.qualm_import_run")).ShouldBe(0);
    }

    [StoreFact]
    public async Task Imports_run_beside_turns_without_disturbing_them()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 20 });
        var imports = Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(async () =>
        {
            await using var import = await ImportWriter.OpenAsync(Host, Id(70 + i), CancellationToken.None);
            for (var b = 0; b < 15; b++)
                await import.AppendAsync([.. Enumerable.Range(0, 60).Select(n => Event($"vm/{n % 9}", 100_000 + (b * 60) + n, kind: RowKind.Import))], [], CancellationToken.None);
        })));
        var n = 0;
        while (!imports.IsCompleted || n < 500)
            await AppendAsync(writer, [.. Enumerable.Range(0, n % 40 == 0 ? 30 : 10).Select(_ => Event($"vm/{n % 9}", ++n))]);
        await imports;
        var log = await LogAsync();
        log.Count(r => r.Headers.Kind == RowKind.Import).ShouldBe(15 * 60);
        log.Count(r => r.Headers.Kind == RowKind.Live).ShouldBe(n);
        await AppendAsync(writer, Event("vm/last", ++n));
        await CheckAsync();
    }

    [StoreFact]
    public async Task A_refused_batch_leaves_no_hole_and_the_writer_goes_on()
    {
        await using (var import = await ImportWriter.OpenAsync(Host, Id(1), CancellationToken.None))
        {
            await Should.ThrowAsync<TurnRefusedException>(
                import.AppendAsync([Event("vm/a", 1, kind: RowKind.Import), Event("vm/a", 2, "nonsense", RowKind.Import)], [], CancellationToken.None));
            (await import.AppendAsync([Event("vm/a", 1, kind: RowKind.Import)], [], CancellationToken.None)).Added.ShouldBe(1);
        }

        await CheckAsync();
    }

    [StoreFact]
    public async Task An_import_killed_with_numbers_drawn_is_cleaned_up_at_the_next_start()
    {
        var import = await ImportWriter.OpenAsync(Host, Id(1), CancellationToken.None);
        await ScalarAsync<long>("select nextval('$s.mt_events_sequence')");
        await using (var writer = await AcquireAsync()) await AppendAsync(writer, Event("vm/a", 1));
        await RunAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and objid = '$s'::regnamespace::oid and database = (select oid from pg_database where datname = current_database())");
        await import.DisposeAsync();
        await (await AcquireAsync()).DisposeAsync();
        await CheckAsync();
        (await ScalarAsync<long>("select count(*) from $s.qualm_import_run")).ShouldBe(0);
    }

    [StoreFact]
    public async Task Imports_are_read_back_along_their_time_line()
    {
        await ImportAsync(1, [Event("vm/a", 50, kind: RowKind.Import), Event("vm/a", 60, kind: RowKind.Import)]);
        await ImportAsync(2, [Event("vm/b", 10, kind: RowKind.Import), Event("vm/b", 55, kind: RowKind.Import)]);
        var order = new List<long>();
        await foreach (var batch in new LogReader(Host).ReadImportsAsync(new LogQuery(), CancellationToken.None))
        {
            foreach (var row in batch.Rows) order.Add(row.Headers.Ordinal);
        }

        order.ShouldBe([10, 50, 55, 60]);
        (await LogAsync(new LogQuery { Since = new Model.Instant(Noon.Micros + 50), Until = new Model.Instant(Noon.Micros + 60) })).Select(r => r.Headers.Ordinal).ShouldBe([50, 55]);
    }

    private async Task<ImportResult> ImportAsync(long run, AppendRow[] rows)
    {
        await using var import = await ImportWriter.OpenAsync(Host, Id(run), CancellationToken.None);
        return await import.AppendAsync(rows, [], CancellationToken.None);
    }
}

public sealed class PrivateImportTests(Servers servers) : ImportTests(servers, ServerKind.Private);

public sealed class ExternalImportTests(Servers servers) : ImportTests(servers, ServerKind.External);
