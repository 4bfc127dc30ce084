using System.Diagnostics;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>SIGTERM ends the service without loss.</summary>
public sealed class DrainTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(5);

    [PostgresFact]
    public async Task All_that_was_sent_before_SIGTERM_is_committed_and_paged()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        for (var i = 0; i < 500; i++) await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "read", ["action"] = "report" });
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        await RecordChecks.ShouldHoldWhatWasSentAsync(database, qemu);
        (await database.CountAsync("mt_events where data ? 'x-serial'")).ShouldBe(501);
        (await database.DecisionsAsync()).Select(d => d.Text("alert")).ShouldBe(["DiskErrors", "Panicked"]);
        await RecordChecks.ShouldBeWholeAsync(database);

        // A page still owed is delivered by the next run.
        if (site.Pages.Delivered.Count < 2)
        {
            await site.RunAsync();
            await site.UntilAsync(() => site.Pages.Delivered.Count == 2, "both alerts are paged");
        }
    }

    [PostgresFact]
    public async Task A_drain_may_take_its_time()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        await using var database = await site.OpenAsync();
        await site.UntilAsync(async () => await database.CountAsync("mt_events where stream_id = 'vm/vm-1'") > 0, "the monitor is on record");
        var since = Stopwatch.GetTimestamp();
        await using (await database.LockAsync("mt_events"))
        {
            await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            service.Terminate();
            await Wait.UntilAsync(() => service.HasExited || Stopwatch.GetElapsedTime(since) > Busy, "the database was busy for long enough");
        }

        (await service.EndAsync()).ShouldExit(0);
        (await database.DecisionsAsync()).ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task The_private_PostgreSQL_is_stopped_with_the_last_who_used_it()
    {
        await using var site = await Installation.MakeAsync();
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        site.Workspace.Processes().ShouldBeEmpty();
        Directory.EnumerateFiles(site.Data, "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
