using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>The shipped rules on the events of a real QEMU.</summary>
public sealed class RealQemuTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    /// <summary>The threshold of the shipped rule.</summary>
    private const int BadReports = 3;

    [QemuFact]
    public async Task A_guest_that_panics_pages_once_for_its_VM_and_resolves_when_it_is_reset()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var bystander = FakeQemu.OnSocket(site.Workspace["calm.sock"], "calm");
        await using var qemu = await RealQemu.StartPanickingGuestAsync(site.Workspace, "web-1");
        site.From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        await site.RunAsync();
        await bystander.ServedAsync();

        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => (await database.EventsAsync("stream_id = 'vm/web-1'")).Count > 0, "the monitor of web-1 is connected");
        await qemu.Monitor.ExecuteAsync("cont");
        await qemu.Monitor.EventAsync("GUEST_PANICKED");
        await site.UntilAsync(() => site.Pages.Delivered.Count > 0, "a page for the panic");
        var page = site.Pages.Delivered[0];
        (page.Transition, page.Alert, page.Severity).ShouldBe(("firing", "GuestPanicked", "critical"));
        ((string?)page.Key["vm"]).ShouldBe("web-1");
        page.Header.ShouldBe(page.DedupKey);

        await qemu.Monitor.ExecuteAsync("system_reset");
        await site.UntilAsync(() => site.Pages.Delivered.Any(p => p.Transition == "resolved"), "the page is resolved");
        site.Pages.Delivered.Select(p => (p.Transition, p.DedupKey)).ShouldBe([("firing", page.DedupKey), ("resolved", page.DedupKey)]);
    }

    [QemuFact]
    public async Task A_quorum_with_one_rotten_child_pages_once_for_the_node_however_often_it_is_read()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = await RealQemu.StartAsync(site.Workspace, "store-1", "-machine", "none", "-nodefaults", "-S");
        await MakeQuorumAsync(site.Workspace, qemu.Monitor);
        site.From($"qmp: {{ endpoint: {qemu.Socket}, vm: store-1, host: h1 }}");
        await site.RunAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => (await database.EventsAsync("stream_id = 'vm/store-1'")).Count > 0, "the monitor of store-1 is connected");

        // QEMU sends this event once a second and node; each read waits for the one before it to be told.
        for (var read = 1; read <= BadReports + 2; read++)
        {
            await ReadAsync(qemu.Monitor, read);
            await qemu.Monitor.EventAsync("QUORUM_REPORT_BAD", read);
            if (read == BadReports) await site.UntilAsync(() => site.Pages.Delivered.Count > 0, "a page for the third report");
            else if (read < BadReports) site.Pages.Delivered.ShouldBeEmpty();
        }

        await site.UntilAsync(async () => (await database.EventsAsync("type = 'quorum_report_bad'")).Count == BadReports + 2, "all reports are recorded");
        var page = site.Pages.Delivered.ShouldHaveSingleItem();
        (page.Alert, page.Transition).ShouldBe(("QuorumReportBadRepeated", "firing"));
        ((string?)page.Key["vm"]).ShouldBe("store-1");
        ((string?)page.Key["node_name"]).ShouldBe("n2");
        var reports = await database.EventsAsync("type = 'quorum_report_bad'");
        page.Because.ShouldBe(reports.Take(BadReports).Select(r => r.Seq));
        reports.ShouldAllBe(r => r.Text("node-name") == "n2");
    }

    private static async Task MakeQuorumAsync(Workspace workspace, QmpClient monitor)
    {
        var children = new JsonArray();
        foreach (var (name, content) in ((string, byte)[])[("n0", 0x11), ("n1", 0x11), ("n2", 0x22)])
        {
            var path = workspace[$"{name}.raw"];
            var bytes = new byte[1 << 20];
            Array.Fill(bytes, content);
            await File.WriteAllBytesAsync(path, bytes);
            var file = new JsonObject { ["driver"] = "file", ["filename"] = path };
            await monitor.ExecuteAsync("blockdev-add", new JsonObject { ["driver"] = "raw", ["node-name"] = name, ["file"] = file });
            children.Add(name);
        }

        await monitor.ExecuteAsync(
            "blockdev-add", new JsonObject { ["driver"] = "quorum", ["node-name"] = "quorum0", ["children"] = children, ["vote-threshold"] = 2 });
    }

    private static Task<JsonNode?> ReadAsync(QmpClient monitor, int block) =>
        monitor.ExecuteAsync("human-monitor-command", new JsonObject { ["command-line"] = $"qemu-io quorum0 \"read {block * 4}k 4k\"" });
}
