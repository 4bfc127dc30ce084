using Npgsql;
using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Importing;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests.Chain;

public sealed class ChainTests(Servers servers) : StoreTests(servers, ServerKind.Private)
{
    private const string Odd = "{\"zz\":\"\\u00e9\\/\",\"a\":-0.0,\"b\":1.50e3,\"a\":{\"y\":[],\"x\":\"🐢\"}}";

    [StoreFact]
    public async Task A_sound_store_has_nothing_to_find()
    {
        await FillAsync();
        var (report, findings) = await AuditAsync();
        findings.ShouldBeEmpty();
        report.Events.ShouldBe(await ScalarAsync<long>("select count(*) from $s.mt_events where type <> 'tombstone'"));
        (report.FirstTurn, report.Before, report.Foreign.Count).ShouldBe((1, Position.None, 0));
        report.Head!.Link.ShouldBe(report.Links - 1);
        ChainHead.TryParse(report.Head.ToString(), out var head).ShouldBeTrue();
        (await AuditAsync(head)).Findings.ShouldBeEmpty();
    }

    [StoreFact]
    public async Task An_empty_store_is_sound()
    {
        (await AuditAsync()).Findings.ShouldBeEmpty();
        await (await AcquireAsync()).DisposeAsync();
        (await AuditAsync()).Findings.ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Any_name_and_any_content_are_found_as_they_were_written()
    {
        AppendRow[] rows =
        [
            Event("vm/a\0b", 1, Odd), Event("vm/" + new string('x', 5000), 2), Event("vm/\ud800", 3, raw: "\0\xff"u8.ToArray()), Event("vm/'\"\\", 4, "{\"n\":1e400}") with { CorrelationId = "c\0", CausationId = "d" },
            Event("vm/b", 5) with { Data = default, Type = new string('t', 700), DotnetType = "A.B, C\0" }, Event("vm/c", 6) with { Recorded = Instant.MinValue },
            Event("vm/c", 7) with { Headers = new EventHeaders(RowKind.Import, new Instant(-5), "a\"b\\c\n\u0001\u007f", "ü", -3, 9, EventMarks.Late) { Weight = 9 } },
        ];
        foreach (var copyAbove in (int[])[0, 1000])
        {
            await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = copyAbove });
            await AppendAsync(writer, rows);
            foreach (var row in rows) await AppendAsync(writer, row with { Raw = default });
        }

        (await AuditAsync()).Findings.ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Every_way_to_tamper_with_a_row_is_found_at_its_position()
    {
        var at = await FillAsync();
        foreach (var position in (long[])[at[0], at[7], at[150], at[^1]])
        {
            foreach (var change in (string[])
            [
                "data = jsonb_set(data, '{n}', '2')", "data = '{}'", "data = data || '{\"m\":null}'", "bdata = '\\x00'", "type = 'guest_panickec'", "stream_id = 'vm/0x'", "timestamp = timestamp + interval '1 microsecond'",
                "headers = headers || '{\"n\":77}'", "headers = headers - 'qualm'", "headers = null", "id = '00000000-0000-0000-0000-000000000001'", "is_archived = true", "is_archived = null",
                "tenant_id = 'x'", "mt_dotnet_type = null", "mt_dotnet_type = 'x'", "correlation_id = 'x'", "causation_id = ''", "version = version + 90", "version = -version",
            ])
            {
                await using var connection = await BeginAsync();
                await RunAsync(connection, "insert into $s.mt_streams (id, version) values ('vm/0x', 0)");
                await RunAsync(connection, $"update $s.mt_events set {change} where seq_id = {position}");
                await CheckOneAsync(connection, FindingKind.Altered, position, change);
            }

            await using (var moved = await BeginAsync())
            {
                await RunAsync(moved, $"update $s.mt_events set seq_id = 1000000 where seq_id = {position}");
                var findings = await EndAsync(moved);
                findings.Select(f => (f.Kind, f.Position!.Value.Value)).ShouldBe([(FindingKind.Removed, position), (FindingKind.Added, 1000000)], ignoreOrder: true);
            }

            await using var removed = await BeginAsync();
            await RunAsync(removed, $"delete from $s.mt_events where seq_id = {position}");
            await CheckOneAsync(removed, FindingKind.Removed, position, "removed");
        }
    }

    [StoreFact]
    public async Task Bytes_as_received_belong_to_the_event()
    {
        var at = await FillAsync();
        foreach (var (change, position) in ((string, long)[])
        [
            ($"update $s.qualm_raw set raw = '\\x00' where position = {at[0]}", at[0]), ($"delete from $s.qualm_raw where position = {at[0]}", at[0]),
            ($"insert into $s.qualm_raw values ({at[1]}, '\\x00')", at[1]),
        ])
        {
            await using var connection = await BeginAsync();
            await RunAsync(connection, change);
            await CheckOneAsync(connection, FindingKind.Altered, position, change);
        }
    }

    [StoreFact]
    public async Task Rows_that_changed_places_are_found()
    {
        var at = await FillAsync();
        await using var connection = await BeginAsync();
        await RunAsync(connection, $"update $s.mt_events e set data = o.data from $s.mt_events o where (e.seq_id, o.seq_id) in (({at[3]}, {at[0]}), ({at[0]}, {at[3]}))");
        (await EndAsync(connection)).Select(f => (f.Kind, f.Position!.Value.Value)).ShouldBe([(FindingKind.Altered, at[0]), (FindingKind.Altered, at[3])]);

        await using var versions = await BeginAsync();
        await RunAsync(versions, $"update $s.mt_events set version = -version where stream_id = 'vm/1' and version in (1, 2)");
        await RunAsync(versions, $"update $s.mt_events set version = 3 + version where version < 0");
        (await EndAsync(versions)).Select(f => f.Kind).ShouldBe([FindingKind.Altered, FindingKind.Altered]);
    }

    [StoreFact]
    public async Task A_row_with_headers_like_ours_is_found_and_one_without_is_listed()
    {
        await FillAsync();
        await AppendForeignAsync("vm/1");
        await AppendForeignAsync("theirs");
        await AppendForeignAsync("theirs");
        var end = await ScalarAsync<long>("select max(seq_id) from $s.mt_events");
        var (report, findings) = await AuditAsync();
        findings.ShouldBeEmpty();
        report.Foreign["theirs"].ShouldBe(new ForeignStream(2, new Position(end - 1)));
        report.Foreign["vm/1"].Count.ShouldBe(1);

        await using var connection = await BeginAsync();
        await RunAsync(connection, """
            insert into $s.mt_events (seq_id, id, stream_id, version, data, type, headers)
            select nextval('$s.mt_events_sequence'), id, stream_id, 999, data, type, headers from $s.mt_events where headers is not null limit 1
            """);
        var added = (await EndAsync(connection)).Single(f => f.Kind == FindingKind.Added);
        added.Position!.Value.Value.ShouldBeGreaterThan(end);
    }

    [StoreFact]
    public async Task The_end_of_the_log_cannot_be_cut_off_unseen()
    {
        var at = await FillAsync();
        var noted = (await AuditAsync()).Report.Head;
        await using (var rows = await BeginAsync())
        {
            await RunAsync(rows, $"delete from $s.mt_events where seq_id > {at[^3]}");
            (await EndAsync(rows)).Where(f => f.Kind == FindingKind.Removed).Select(f => f.Position!.Value.Value).ShouldContain(at[^1]);
        }

        const string Cut = "delete from $s.qualm_chain where link = (select max(link) from $s.qualm_chain)";
        await using (var link = await BeginAsync())
        {
            await RunAsync(link, Cut);
            (await EndAsync(link)).Select(f => f.Kind).ShouldContain(FindingKind.Progress);
        }

        // Whoever puts back everything is found by the head that was noted elsewhere.
        await using var all = await BeginAsync();
        await RunAsync(all, $"delete from $s.mt_events where seq_id in ({at[^1]}, {at[^1] + 1})");
        await RunAsync(all, Cut);
        await RunAsync(all, "update $s.mt_streams s set version = (select coalesce(max(version), 0) from $s.mt_events e where e.stream_id = s.id)");
        await RunAsync(all, "update $s.qualm_progress p set (turn, position, clock, digest) = (select turn, position, clock, digest from $s.qualm_chain where kind in ('turn', 'epoch') order by link desc limit 1)");
        (await EndAsync(all, commit: true)).ShouldBeEmpty();
        (await AuditAsync(noted)).Findings.Single().Kind.ShouldBe(FindingKind.Head);
    }

    [StoreFact]
    public async Task Changes_of_the_chain_itself_are_found()
    {
        await FillAsync();
        foreach (var change in (string[])
        [
            "epoch = epoch + 1", "turn = turn + 1", "position = position + 1", "clock = clock + 1", "digest = digest || '\\x00'", "runs = set_byte(runs, 7, get_byte(runs, 7) + 1)", "prints = set_byte(prints, 3, 255 - get_byte(prints, 3))",
            "rows = set_byte(rows, 0, 255 - get_byte(rows, 0))", "versions = '\\x00'", "filled = '\\x0000000000000000'", "filled_at = now()", "hash = set_byte(hash, 31, 255 - get_byte(hash, 31))", "kind = 'fill'", "kind = 'import'",
        ])
        {
            await using var connection = await BeginAsync();
            var link = await ScalarAsync<long>("select min(link) from $s.qualm_chain where kind = 'turn'");
            await RunAsync(connection, $"update $s.qualm_chain set {change} where link = {link}");
            var findings = await EndAsync(connection);
            findings.ShouldContain(f => f.Kind == FindingKind.LinkAltered && f.Link == link, change);
            if (change.StartsWith("prints", StringComparison.Ordinal)) findings.Count.ShouldBe(1, string.Join('\n', findings));
        }

        foreach (var (change, kind) in ((string, FindingKind)[])
        [
            ("truncate $s.qualm_chain", FindingKind.LinkRemoved), ("drop table $s.qualm_chain", FindingKind.LinkRemoved), ("delete from $s.qualm_chain where link = 0", FindingKind.LinkRemoved),
            ("delete from $s.qualm_chain where link = 3", FindingKind.LinkRemoved), ("update $s.qualm_chain set link = link + 1000 where link = (select max(link) from $s.qualm_chain)", FindingKind.LinkRemoved),
            ("update $s.qualm_progress set turn = turn + 1", FindingKind.Progress), ("update $s.qualm_progress set epoch = epoch + 1", FindingKind.Progress), ("update $s.qualm_progress set clock = clock - 1", FindingKind.Progress),
            ("update $s.qualm_progress set digest = '\\x01'", FindingKind.Progress), ("update $s.qualm_progress set position = position + 1", FindingKind.Progress), ("delete from $s.qualm_progress", FindingKind.Progress),
            ("update $s.mt_streams set version = version + 1 where id = 'vm/1'", FindingKind.Stream), ("update $s.mt_streams set version = null where id = 'vm/1'", FindingKind.Stream),
            ("update $s.mt_streams set version = version + 1 where id = 'mt_tombstone'", FindingKind.Stream),
        ])
        {
            await using var connection = await BeginAsync();
            await RunAsync(connection, change);
            (await EndAsync(connection)).Select(f => f.Kind).ShouldContain(kind, change);
        }
    }

    [StoreFact]
    public async Task A_chain_that_was_emptied_does_not_stop_the_engine_and_is_found()
    {
        await using var writer = await AcquireAsync();
        await AppendAsync(writer, Event("vm/a", 1));
        await RunAsync("truncate $s.qualm_chain");
        await AppendAsync(writer, Event("vm/a", 2), Event("vm/a", 3));
        (await AuditAsync()).Findings.Select(f => f.Kind).ShouldBe([FindingKind.LinkRemoved, FindingKind.Added]);
    }

    [StoreFact]
    public async Task A_tombstone_belongs_to_the_turn_that_filled_it_in()
    {
        await FillAsync();
        var position = await ScalarAsync<long>("select min(seq_id) from $s.mt_events where type = 'tombstone'");
        await using (var changed = await BeginAsync())
        {
            await RunAsync(changed, $"update $s.mt_events set data = '{{\"a\":1}}' where seq_id = {position}");
            await CheckOneAsync(changed, FindingKind.Altered, position, "tombstone");
        }

        await using var removed = await BeginAsync();
        await RunAsync(removed, $"delete from $s.mt_events where seq_id = {position}");
        (await EndAsync(removed)).ShouldContain(f => f.Kind == FindingKind.Removed && f.Position!.Value.Value == position);
    }

    [StoreFact]
    public async Task A_store_from_before_the_chain_says_from_which_turn_on_it_proves_anything()
    {
        await using (var writer = await AcquireAsync()) await AppendAsync(writer, Event("vm/a", 1), Event("vm/a", 2));
        await RunAsync("drop table $s.qualm_chain; update $s.qualm_schema set version = 2");
        await Host.DisposeAsync();
        await using var host = await OpenAsync();
        await using (var writer = await TurnWriter.AcquireAsync(host, new TurnWriterOptions(), CancellationToken.None))
        {
            await AppendAsync(writer, Event("vm/a", 3));
            await AppendAsync(writer, Event("vm/a", 4), Event("vm/a", 5));
        }

        var findings = new List<Finding>();
        var report = await new ChainAudit(host, findings.Add).RunAsync(null, (_, _) => { }, CancellationToken.None);
        findings.ShouldBeEmpty();
        (report.FirstTurn, report.Before.Value, report.Events).ShouldBe((2, 2, 3));
    }

    [StoreFact]
    public async Task A_store_that_is_written_meanwhile_is_sound()
    {
        await using var writer = await AcquireAsync(new TurnWriterOptions { CopyAbove = 20 });
        var writing = Task.Run(async () =>
        {
            for (var n = 0; n < 60; n++) await AppendAsync(writer, [.. Enumerable.Range(0, n % 3 == 0 ? 40 : 5).Select(i => Event($"vm/{i % 9}", (n * 100) + i))]);
        });
        var importing = Task.Run(async () =>
        {
            await using var import = await ImportWriter.OpenAsync(Host, Id(70), CancellationToken.None);
            for (var b = 0; b < 15; b++)
                await import.AppendAsync([.. Enumerable.Range(0, 60).Select(n => Event($"vm/{n % 9}", 100_000 + (b * 60) + n, kind: RowKind.Import))], [], CancellationToken.None);
        });
        var audits = 0;
        do
        {
            (await AuditAsync()).Findings.ShouldBeEmpty();
            audits++;
        }
        while (!writing.IsCompleted || !importing.IsCompleted || audits < 3);
        await writing;
        await importing;
        (await AuditAsync()).Findings.ShouldBeEmpty();
    }

    /// <summary>Turns of every kind: one row, a few, COPY, nothing but the clock, numbers filled in, an import, a second engine.</summary>
    /// <returns>Positions of the events of the turns.</returns>
    private async Task<long[]> FillAsync()
    {
        var at = new List<long>();
        await using (var writer = await AcquireAsync())
        {
            at.AddRange(await AppendAsync(writer, Event("vm/0", 1, Odd, raw: "as received"u8.ToArray())));
            at.AddRange(await AppendAsync(writer, Event("vm/0", 2, Odd)));
            at.AddRange(await AppendAsync(writer, [.. Enumerable.Range(10, 20).Select(n => Event($"vm/{n % 3}", n, $"{{\"n\":1,\"i\":{n}}}"))]));
            await AppendAsync(writer);
            at.AddRange(await AppendAsync(writer, [.. Enumerable.Range(100, 300).Select(n => Event($"vm/{n % 7}", n, $"{{\"n\":1,\"i\":{n}}}"))]));
            var positions = await writer.ReserveAsync(4, CancellationToken.None);
            await writer.CommitAsync(TurnOf(positions, Event("vm/1", 500)), CancellationToken.None);
            at.Add(positions[0].Value);
            await writer.ReserveAsync(2, CancellationToken.None);
        }

        await using (var import = await ImportWriter.OpenAsync(Host, Id(9), CancellationToken.None))
        {
            await import.AppendAsync([.. Enumerable.Range(600, 30).Select(n => Event("vm/1", n, kind: RowKind.Import))], [], CancellationToken.None);
            await Should.ThrowAsync<TurnRefusedException>(import.AppendAsync([Event("vm/1", 700, "{", RowKind.Import)], [], CancellationToken.None));
        }

        await using var second = await AcquireAsync();
        at.AddRange(await AppendAsync(second, Event("vm/2", 800), Event("vm/1", 801)));
        at.AddRange(await AppendAsync(second, Event("vm/1", 802)));
        return [.. at];
    }

    private async Task<(ChainReport Report, List<Finding> Findings)> AuditAsync(ChainHead? noted = null)
    {
        var findings = new List<Finding>();
        var report = await new ChainAudit(Host, findings.Add).RunAsync(noted, (_, _) => { }, CancellationToken.None);
        (await new StreamAudit(Host, findings.Add).RunAsync(CancellationToken.None)).ShouldBeGreaterThanOrEqualTo(0);
        return (report, findings);
    }

    // Tampering is done to a copy of the schema's tables by undoing it afterwards: what was there is kept aside.
    private async Task<NpgsqlConnection> BeginAsync()
    {
        await RunAsync("drop schema if exists $s_kept cascade; create schema $s_kept");
        foreach (var table in Kept) await RunAsync($"create table $s_kept.{table} as table $s.{table}");
        var connection = await Host.Source.OpenConnectionAsync();
        await RunAsync(connection, "set session_replication_role = replica");
        return connection;
    }

    private static readonly string[] Kept = ["mt_streams", "mt_events", "qualm_chain", "qualm_progress", "qualm_raw"];

    private async Task<List<Finding>> EndAsync(NpgsqlConnection connection, bool commit = false)
    {
        var findings = (await AuditAsync()).Findings;
        if (commit) return findings;
        await RunAsync(connection, "create table if not exists $s.qualm_chain (like $s_kept.qualm_chain)");
        foreach (var table in Kept) await RunAsync(connection, $"delete from $s.{table}; insert into $s.{table} select * from $s_kept.{table}");
        return findings;
    }

    private async Task CheckOneAsync(NpgsqlConnection connection, FindingKind kind, long position, string change)
    {
        var findings = await EndAsync(connection);
        findings.ShouldContain(f => f.Kind == kind && f.Position!.Value.Value == position, $"{change} of {position}:\n{string.Join('\n', findings)}");
        findings.Where(f => f.Kind != FindingKind.Stream).Count().ShouldBe(1, $"{change} of {position}:\n{string.Join('\n', findings)}");
    }

    private async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql.Replace("$s", Host.Schema, StringComparison.Ordinal), connection);
        await command.ExecuteNonQueryAsync();
    }
}
