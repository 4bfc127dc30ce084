using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>The service as those who run it see it: signals, systemd, health, metrics, log lines.</summary>
public sealed partial class ServiceTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private static readonly HttpClient Client = new();

    [PostgresFact]
    public async Task A_start_says_in_five_lines_what_it_found_and_where_it_listens()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock").From($"listen: {site.Workspace["in.sock"]}").With("http: 127.0.0.1:0");
        var service = await site.RunAsync();
        var said = service.Error.Text.Replace(site.Workspace.Folder, "FOLDER", StringComparison.Ordinal);
        Mask(said).ShouldBe("""
            TIME info: Qualm.Engine.Hosting.QualmService[6020] Qualm N, store psql "STORE", epoch N: N inputs on record up to now, derived from the log alone in N s
            TIME info: Qualm.Engine.Hosting.QualmService[6021] Rules: N in N files of FOLDER/rules, set DIGEST, newly activated
            TIME info: Qualm.Engine.Hosting.Deliverers[6023] Receivers: page, page-virt, page-storage, notify
            TIME info: Qualm.Engine.Hosting.QualmService[6022] Sources: qmp FOLDER/{vm}.sock, listen FOLDER/in.sock
            TIME info: Qualm.Engine.Hosting.QualmService[6024] Qualm is ready; health and metrics: http://127.0.0.1:PORT

            """);
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
    }

    [PostgresFact]
    public async Task Health_readiness_and_every_metric_on_record_are_served()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock").With("http: 127.0.0.1:0");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        var address = Address().Match(service.Error.Text).Value;
        (await Client.GetAsync($"{address}/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Client.GetAsync($"{address}/readyz")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        var text = "";
        string[] expected =
        [
            "qualm_ready 1", "qualm_alerts_firing{severity=\"critical\"} 1", "qualm_rule_matches_total{rule=\"Panicked\"} 1", "qualm_monitors{phase=\"connected\"} 1",
            "qualm_turn_decisions_total{transition=\"firing\"} 1", "qualm_actions_attempts_total{receiver=\"page\",outcome=\"delivered\"} 1", "qualm_store_away_duration_seconds 0",
        ];
        await site.UntilAsync(
            async () => expected.All((text = await Client.GetStringAsync($"{address}/metrics")).Split('\n').Contains), $"the metrics tell of it: {string.Join("; ", expected)}; they are {text}");
        var documented = await File.ReadAllTextAsync(Repository.PathOf("docs/metrics.md"));
        foreach (var family in text.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2])) documented.ShouldContain($"`{family}`");
    }

    [PostgresFact]
    public async Task systemd_is_told_of_start_reload_and_stop_and_its_watchdog_is_fed()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(site.Workspace["notify"]));
        site.WriteRules(TestRules.Panic);
        var service = site.StartWith(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = site.Workspace["notify"], ["WATCHDOG_USEC"] = "2000000" });
        await HearAsync(systemd, "EXTEND_TIMEOUT_USEC=");
        await HearAsync(systemd, "READY=1");
        await HearAsync(systemd, "WATCHDOG=1");
        service.Signal("HUP");
        (await HearAsync(systemd, "RELOADING=1")).ShouldContain("MONOTONIC_USEC=");
        await HearAsync(systemd, "READY=1");
        await service.SaysAsync("have not changed");

        // A process that stands still feeds nobody.
        service.Signal("STOP");
        while (systemd.Poll(TimeSpan.FromSeconds(3), SelectMode.SelectRead)) await HearAsync(systemd, "");
        service.Signal("CONT");
        await HearAsync(systemd, "WATCHDOG=1");
        service.Terminate();
        await HearAsync(systemd, "STOPPING=1");
        (await service.EndAsync()).ShouldExit(0);
    }

    [PostgresFact]
    public async Task A_drain_ends_within_its_bound()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        var service = await StalledAsync(site.With("drain: 1s"), qemu, async service =>
        {
            service.Terminate();
            (await service.EndAsync(TimeSpan.FromSeconds(25))).ShouldExit(0);
        });
        service.Has("Not drained within 1 s").ShouldBeTrue(service.Said);
    }

    [PostgresFact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        await StalledAsync(site, qemu, async service =>
        {
            service.Terminate();
            await service.SaysAsync("A second signal ends it at once");
            var since = Stopwatch.GetTimestamp();
            service.Signal("INT");
            (await service.EndAsync()).ShouldExit(0);
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(15));
            service.Has("[6061]").ShouldBeTrue(service.Said);
        });
    }

    [PostgresFact]
    public async Task A_log_for_programs_is_JSON_with_ids_and_values()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        site.WriteRules(TestRules.Panic);
        var service = site.StartWith(new Dictionary<string, string> { ["QUALM_LOG"] = "json", ["QUALM_HTTP"] = "off" });
        await service.SaysAsync("is ready");
        service.Terminate();
        var ended = (await service.EndAsync()).ShouldExit(0);
        var lines = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines.Select(l => l.GetProperty("EventId").GetInt32()).ShouldBe([6020, 6021, 6023, 6022, 6024, 6063, 6025]);
        lines[1].GetProperty("State").GetProperty("Files").GetInt32().ShouldBe(1);
        lines[4].GetProperty("State").GetProperty("Http").GetString().ShouldBe("off");
    }

    [PostgresFact]
    public async Task A_port_that_was_asked_for_and_is_taken_is_misuse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var ended = await site.WriteRules(TestRules.Panic).With($"http: {other.LocalEndpoint}").Start().EndAsync();
        ended.ShouldExit(2);
        ended.Error.ShouldContain($"qualm run: http: cannot listen at {other.LocalEndpoint}: ");
    }

    // While the database holds up a commit.
    private static async Task<QualmProcess> StalledAsync(Installation site, FakeQemu qemu, Func<QualmProcess, Task> then)
    {
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        await using (await database.LockAsync("mt_events"))
        {
            await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await then(service);
        }

        return service;
    }

    private static async Task<string> HearAsync(Socket systemd, string part)
    {
        using var patience = new CancellationTokenSource(Wait.Patience);
        var buffer = new byte[4096];
        while (true)
        {
            var message = Encoding.UTF8.GetString(buffer, 0, await systemd.ReceiveAsync(buffer, patience.Token));
            if (message.Contains(part, StringComparison.Ordinal)) return message;
        }
    }

    private static string Mask(string said)
    {
        said = Stamp().Replace(said, "TIME");
        said = Regex.Replace(said, "psql \".*\", epoch", "psql \"STORE\", epoch");
        said = Regex.Replace(said, "set [0-9a-f]{12}", "set DIGEST");
        said = Regex.Replace(said, "127.0.0.1:[0-9]+", "127.0.0.1:PORT");
        return Regex.Replace(said, @"(?<=Qualm |epoch |: |in )[0-9][0-9.]*", "N");
    }

    [GeneratedRegex(@"(?m)^\d{4}-\d\d-\d\dT[0-9:.]+Z")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
