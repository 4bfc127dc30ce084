using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>Whether what was done to a record by hand is found, and nothing else is.</summary>
public sealed class VerifyTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task A_record_of_restarts_reloads_imports_and_others_events_is_sound_beside_the_service_and_without_it()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {{ endpoint: {qemu.Path}, vm: db-1, host: h1 }}");
        (await site.QualmAsync("verify")).ShouldExit(0);
        var first = await RunAsync(site, qemu);
        (await site.QualmAsync("import", Repository.PathOf("samples/seed-2.txt"), "--vm", "db-1", "--json")).Code.ShouldBeLessThan(2);
        site.WriteRules(TestRules.Panic.Replace(">= 3", ">= 2", StringComparison.Ordinal));
        await first.SaysAsync("Rules reloaded");
        await ErrorsAsync(qemu, 4);
        await using var database = await site.OpenAsync();
        await AppendForeignAsync(database, "order/7");
        (await VerifyAsync(site, 0))["sound"]!.GetValue<bool>().ShouldBeTrue();
        await first.KillAsync();
        var second = await RunAsync(site, qemu);
        await ErrorsAsync(qemu, 3);
        second.Terminate();
        (await second.EndAsync()).ShouldExit(0);

        var report = await VerifyAsync(site, 0);
        report["decisions"]!.GetValue<long>().ShouldBe(await database.CountAsync("mt_events where headers ->> 'qualm' = 'decision'"));
        report["events"]!.GetValue<long>().ShouldBe(await database.CountAsync("mt_events where headers ? 'qualm'"));
        report["read_models"]!.GetValue<long>().ShouldBe(2);
        report["foreign"]![0]!["stream"]!.GetValue<string>().ShouldBe("order/7");
        Convert.ToHexStringLower(await database.ScalarAsync<byte[]>("select digest from qualm.qualm_progress")).ShouldBe(report["digest"]!.GetValue<string>());
        var text = (await site.QualmAsync("verify")).ShouldExit(0).Text;
        text.ShouldContain("all of the record");
        text.ShouldContain("order/7 (1, first at position");
        text.ShouldEndWith("sound\n");
    }

    [PostgresFact]
    public async Task What_was_done_by_hand_is_found_where_it_was_done()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["db-1.sock"], "db-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {{ endpoint: {qemu.Path}, vm: db-1, host: h1 }}");
        var service = await RunAsync(site, qemu);
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        var head = (await VerifyAsync(site, 0))["head"]!.GetValue<string>();
        (await site.QualmAsync("verify", "--head", head)).ShouldExit(0);
        (await site.QualmAsync("verify", "--head", string.Concat(head.AsSpan(0, head.Length - 1), head[^1] == '0' ? "1" : "0"))).ShouldExit(1);
        (await site.QualmAsync("verify", "--head", "nonsense")).ShouldExit(2);

        await using var database = await site.OpenAsync();
        var panic = (await database.EventsAsync("type = 'guest_panicked'"))[0].Seq;
        var decision = (await database.DecisionsAsync())[0].Seq;
        var activation = (await database.EventsAsync("type = 'rules_activated'"))[0].Seq;
        foreach (var (change, at, expected) in ((string, long, string[])[])
        [
            ($"update qualm.mt_events set data = jsonb_set(data, '{{summary}}', '\"nothing happened\"') where seq_id = {decision}", decision, ["altered", "decision"]),
            ($"delete from qualm.mt_events where seq_id = {decision}", decision, ["removed", "stream"]),
            ($"update qualm.mt_events set data = '{{\"action\": \"run\"}}' where seq_id = {panic}", panic, ["altered"]),
            ($"delete from qualm.mt_events where seq_id = {panic}", panic, ["removed", "decision"]),
            ($"update qualm.mt_events set data = data - 'files' where seq_id = {activation}", activation, ["altered", "underivable"]),
            ("update qualm.mt_doc_vm set data = jsonb_set(data, '{status}', '\"upside-down\"')", 0, ["read_model"]),
            ("update qualm.mt_streams set version = version + 1 where id = 'vm/db-1'", 0, ["stream"]),
            ("update qualm.qualm_progress set digest = sha256(digest)", 0, ["progress", "decision"]),
        ])
        {
            await database.ExecuteAsync("create schema kept; create table kept.e as table qualm.mt_events; create table kept.s as table qualm.mt_streams; create table kept.p as table qualm.qualm_progress; create table kept.d as table qualm.mt_doc_vm");
            await database.ExecuteAsync(change);
            var lines = (await site.QualmAsync("verify", "--json")).ShouldExit(1).Json;
            var findings = lines.SkipLast(1).ToList();
            foreach (var kind in expected) findings.Select(f => (string?)f["finding"]).ShouldContain(kind, $"{change}:\n{string.Join('\n', findings.Select(f => f.ToJsonString()))}");
            if (at > 0) findings.Where(f => (string?)f["finding"] is "altered" or "removed").Select(f => (long)f["position"]!).ShouldBe([at], change);
            lines[^1]["findings"]!.GetValue<long>().ShouldBe(findings.Count);
            if (expected is ["stream"]) (await site.QualmAsync("verify")).ShouldExit(1).Text.ShouldContain("1 finding;");
            await database.ExecuteAsync("""
                set session_replication_role = replica;
                delete from qualm.mt_events; delete from qualm.mt_streams; delete from qualm.qualm_progress; delete from qualm.mt_doc_vm;
                insert into qualm.mt_events select * from kept.e; insert into qualm.mt_streams select * from kept.s; insert into qualm.qualm_progress select * from kept.p; insert into qualm.mt_doc_vm select * from kept.d;
                drop schema kept cascade
                """);
        }

        (await VerifyAsync(site, 0, "--head", head))["sound"]!.GetValue<bool>().ShouldBeTrue();
    }

    private static async Task<JsonObject> VerifyAsync(Installation site, int code, params string[] arguments) =>
        (await site.QualmAsync(["verify", "--json", .. arguments])).ShouldExit(code).Json[^1];

    // A panic that pages and resolves, and disk errors.
    private static async Task<QualmProcess> RunAsync(Installation site, FakeQemu qemu)
    {
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        var (firing, resolved) = (Episodes("firing"), Episodes("resolved"));
        await ErrorsAsync(qemu, 2);
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => Episodes("firing") > firing, "the panic pages");
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => Episodes("resolved") > resolved, "it resolves");
        return service;

        // A page may come again after a crash.
        int Episodes(string transition) => site.Pages.Of("Panicked", transition).Select(p => p.DedupKey).Distinct().Count();
    }

    private static async Task ErrorsAsync(FakeQemu qemu, int count)
    {
        for (var i = 0; i < count; i++) await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
    }

    private static Task AppendForeignAsync(Database database, string stream) => database.ExecuteAsync($$"""
        insert into qualm.mt_streams (id, version) values ('{{stream}}', 1);
        insert into qualm.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type)
        values (nextval('qualm.mt_events_sequence'), gen_random_uuid(), '{{stream}}', 1, '{"theirs": true}', 'theirs', 'Their.Event, Their')
        """);
}
