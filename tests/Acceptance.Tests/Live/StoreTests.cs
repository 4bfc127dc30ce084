using System.Diagnostics;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>Which database the record goes to, and who may write it.</summary>
public sealed class StoreTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task Somebodys_PostgreSQL_is_used_as_it_is_and_none_is_started_beside_it()
    {
        var store = await postgres.CreateAsync();
        await using var site = await Installation.MakeAsync();
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        var config = site.Workspace.Write("sources.yaml", $"sources:\n- qmp: {qemu.Path}\nreceivers:\n  page: log\n");
        var rules = site.Workspace.Write("panic.yaml", TestRules.Panic);
        var service = site.StartWith(new Dictionary<string, string> { ["QUALM_STORE"] = store }, "run", "--config", config, "--rules", rules, "--data", site.Data);
        await service.SaysAsync("is ready");
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await service.SaysAsync("vm-1 panicked");
        site.Workspace.Processes().ShouldNotContain(p => p.Contains("/postgres ", StringComparison.Ordinal));

        await using var database = new Database(store);
        var decision = (await database.DecisionsAsync()).ShouldHaveSingleItem();
        decision.Text("summary").ShouldBe("vm-1 panicked");
        (await site.Start("vm", "--json", "--store", store).EndAsync()).ShouldExit(0).Json.ShouldHaveSingleItem()["id"]!.GetValue<string>().ShouldBe("vm-1");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task What_store_prints_reaches_the_record_with_psql()
    {
        await using var site = await Installation.MakeAsync();
        await site.RunAsync();
        var printed = (await site.QualmAsync("store")).ShouldExit(0).Text;
        var command = printed.Split('\n').First(l => l.Contains("psql", StringComparison.Ordinal)).Trim();
        using var psql = Process.Start(new ProcessStartInfo("sh", ["-c", $"{command} -Atc 'select count(*) > 0 from qualm.mt_events'"]) { RedirectStandardOutput = true })!;
        var said = await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        (psql.ExitCode, said.Trim()).ShouldBe((0, "t"));
    }

    [PostgresFact]
    public async Task A_private_PostgreSQL_that_dies_is_started_again_and_nothing_is_lost()
    {
        await using var site = await Installation.MakeAsync();
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {qemu.Path}");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count == 1, "the panic pages");
        var server = Directory.EnumerateFiles(site.Data, "postmaster.pid", SearchOption.AllDirectories).Single();
        using (var kill = Process.Start("kill", ["-KILL", File.ReadLines(server).First()])) await kill.WaitForExitAsync();
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await site.UntilAsync(() => site.Pages.Of("Panicked", "resolved").Count > 0, "the alert is resolved");
        await using var database = await site.OpenAsync();
        (await database.EventsAsync("data ? 'x-serial'")).Select(e => e.Type).ShouldBe(["guest_panicked", "reset"]);
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
    }

    [PostgresFact]
    public async Task A_second_service_on_the_same_store_says_so_and_writes_nothing_while_the_first_runs()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var mine = FakeQemu.OnSocket(first.Workspace["mine.sock"], "mine");
        await using var yours = FakeQemu.OnSocket(second.Workspace["yours.sock"], "yours");
        first.From($"qmp: {mine.Path}");
        second.From($"qmp: {yours.Path}");
        var one = await first.RunAsync();
        await mine.ServedAsync();
        await using var database = await first.OpenAsync();

        var two = second.Start();
        await second.UntilAsync(() => two.HasExited || two.Has("another") || two.Has("in use"), "the second says that there is another");
        await mine.SendAsync("STOP");
        await yours.SendAsync("STOP");
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type = 'stop'") > 0, "the first goes on");
        (await database.EventsAsync("stream_id = 'vm/yours'")).ShouldBeEmpty();
        one.HasExited.ShouldBeFalse();

        one.Terminate();
        (await one.EndAsync()).ShouldExit(0);
        if (two.HasExited)
        {
            (await two.EndAsync()).Code.ShouldNotBe(0);
            two = second.Start();
        }

        await two.SaysAsync("is ready");
        await yours.ServedAsync();
        await yours.SendAsync("RESUME");
        await second.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/yours' and type = 'resume'") == 1, "the second has taken over");
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
    }
}
