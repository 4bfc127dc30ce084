using System.Globalization;
using Qualm.Acceptance.Tests.Support;
using Xunit.Abstractions;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>The service is killed at instants nobody chose, while events flow. <c>QUALM_CAMPAIGN</c> is how often, <c>QUALM_SEED</c> repeats a run's instants.</summary>
public sealed class KillCampaignTests(ITestOutputHelper output)
{
    private const int Vms = 4;

    /// <summary>The VM that panics once and is never reset.</summary>
    private const string Stuck = "vm-0";

    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(4);

    [PostgresFact]
    public async Task Killed_at_any_instant_the_service_keeps_what_it_committed_and_tells_every_decision_once()
    {
        var (kills, seed) = (Setting("QUALM_CAMPAIGN", 5), Setting("QUALM_SEED", Environment.TickCount & 0xFFFF));
        output.WriteLine($"{kills} kills, QUALM_SEED={seed}");
        var random = new Random(seed);
        await using var site = await Installation.MakeAsync();
        site.WriteRules(TestRules.Panic).From($"qmp: {site.Workspace.Folder}/{{vm}}.sock");
        var fakes = Enumerable.Range(0, Vms).Select(i => FakeQemu.OnSocket(site.Workspace[$"vm-{i}.sock"], $"vm-{i}")).ToArray();
        using var over = new CancellationTokenSource();
        var traffic = fakes.Select((fake, i) => SendAsync(fake, i, seed, over.Token)).ToArray();

        var service = await site.RunAsync();
        await using var database = await site.OpenAsync();
        var committed = new Dictionary<long, Guid>();
        for (var kill = 1; kill <= kills; kill++)
        {
            // Every fourth dies while it starts, the others while they serve.
            if (kill % 4 != 0) await ServedAsync(site, fakes, service);
            await Task.Delay(random.Next(1000));
            foreach (var e in await database.EventsAsync("true")) committed[e.Seq] = e.Id;
            await service.KillAsync();
            service = site.Start();
        }

        await service.SaysAsync("is ready");
        await ServedAsync(site, fakes, service);
        await over.CancelAsync();
        await Task.WhenAll(traffic);
        await SettleAsync(site, database, fakes);

        output.WriteLine($"{committed.Count} events seen committed before a kill, {fakes.Sum(f => f.Sent.Count)} sent, {site.Pages.Received.Count} pages");
        committed.Count.ShouldBeGreaterThan(kills * Vms, "hardly anything was recorded");
        site.Pages.Delivered.Count(p => p.Transition == "resolved").ShouldBeGreaterThan(kills, "hardly anything was decided");
        var kept = (await database.EventsAsync()).ToDictionary(e => e.Seq, e => e.Id);
        committed.Where(c => kept.GetValueOrDefault(c.Key) != c.Value).ShouldBeEmpty("committed events are gone");
        await RecordChecks.ShouldBeWholeAsync(database);
        await RecordChecks.ShouldHoldWhatWasSentAsync(database, fakes);
        await RecordChecks.ShouldAgreeWithPagesAsync(database, site.Pages, repeats: kills * Vms * 2);
        site.Pages.Delivered.Where(p => p.Alert == "Panicked" && (string?)p.Key["vm"] == Stuck).Select(p => (p.Transition, p.DedupKey)).Distinct()
            .ShouldHaveSingleItem().Transition.ShouldBe("firing");

        (await site.QualmAsync("verify")).ShouldExit(0);
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        site.Workspace.Processes().ShouldBeEmpty();
        foreach (var fake in fakes) await fake.DisposeAsync();
    }

    // Disk errors, a panic, disk errors, a reset; then again. Every VM at its own pace.
    private static async Task SendAsync(FakeQemu fake, int vm, int seed, CancellationToken over)
    {
        var random = new Random(HashCode.Combine(seed, vm));
        while (!over.IsCancellationRequested)
        {
            await SendErrorsAsync(fake, random.Next(10, 60), over);
            await fake.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
            await SendErrorsAsync(fake, random.Next(10, 60), over);
            if (vm != 0) await fake.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        }
    }

    private static async Task SendErrorsAsync(FakeQemu fake, int count, CancellationToken over)
    {
        for (var i = 0; i < count && !over.IsCancellationRequested; i++)
        {
            await fake.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vd0", ["operation"] = "write", ["action"] = "report" });
            await Task.Delay(Spacing, CancellationToken.None);
        }
    }

    private static Task ServedAsync(Installation site, FakeQemu[] fakes, QualmProcess service) =>
        site.UntilAsync(
            () =>
            {
                service.HasExited.ShouldBeFalse($"the service ended by itself:\n{service.Said}");
                return fakes.All(f => f.IsServed);
            },
            "all VMs are monitored");

    // A last reset of each VM is recorded behind all else, and every decision is told.
    private static async Task SettleAsync(Installation site, Database database, FakeQemu[] fakes)
    {
        foreach (var fake in fakes.Skip(1))
        {
            SentEvent? last = null;
            await site.UntilAsync(async () => (last = await fake.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" })) is not null, "a last reset is sent");
            await site.UntilAsync(
                async () => await database.CountAsync($"mt_events where stream_id = 'vm/{last!.Vm}' and (data ->> 'x-connection')::int = {last.Connection} and (data ->> 'x-serial')::int = {last.Serial}") > 0,
                $"{last} is recorded");
        }

        await site.UntilAsync(async () => await database.CountAsync("qualm_outbox where status <> 'delivered'") == 0, "everything is delivered");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
