using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Acceptance.Tests.Support;
using Qualm.Engine.Leading;
using Qualm.Store;
using Qualm.Store.Writing;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A second service on the same store takes over, whatever ends the first, and never before.</summary>
public sealed class StandbyTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [PostgresFact]
    public async Task A_standby_takes_over_from_one_that_was_killed_and_pages_go_on()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var qemu = FakeQemu.OnSocket(first.Workspace["vm-1.sock"], "vm-1");
        foreach (var site in (Installation[])[first, second]) site.WriteRules(TestRules.Panic).From($"qmp: {{ endpoint: {qemu.Path}, vm: vm-1 }}");
        var one = await first.RunAsync();
        await qemu.ServedAsync();
        var two = second.Start();
        await two.SaysAsync("Standby: another engine leads");
        await two.SaysAsync("caught up");
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await first.UntilAsync(() => first.Pages.Delivered.Count == 1, "the panic pages");
        await one.KillAsync();
        await two.SaysAsync("Taking over", Soon);
        await two.SaysAsync("is ready");
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await second.UntilAsync(() => second.Pages.Delivered.Count == 1, "the alert is resolved");
        second.Pages.Delivered[0].DedupKey.ShouldBe(first.Pages.Delivered[0].DedupKey);
        await using var database = await second.OpenAsync();
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
        await RecordChecks.ShouldHoldWhatWasSentAsync(database, qemu);
    }

    [PostgresFact]
    public async Task One_that_is_stopped_is_taken_over_and_ends_when_it_wakes_and_what_it_had_is_not_lost()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var mine = FakeQemu.OnSocket(first.Workspace["mine.sock"], "mine");
        await using var yours = FakeQemu.OnSocket(second.Workspace["yours.sock"], "yours");
        first.WriteRules(TestRules.Panic).From($"qmp: {mine.Path}");
        second.WriteRules(TestRules.Panic).From($"qmp: {yours.Path}");
        var one = await first.RunAsync();
        await mine.ServedAsync();
        await using var database = await first.OpenAsync();
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type = 'state_resynced'") == 1, "the monitor is on record");
        var two = second.Start();
        await two.SaysAsync("caught up");
        one.Signal("STOP");
        await mine.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await two.SaysAsync("no sign of life", Soon);
        await two.SaysAsync("is ready");
        await yours.ServedAsync();
        await yours.SendAsync("STOP");
        await second.UntilAsync(async () => await database.CountAsync("mt_events where type = 'stop'") == 1, "the second writes");
        one.Signal("CONT");
        (await one.EndAsync()).Code.ShouldNotBe(0);
        one.Has("has taken over").ShouldBeTrue(one.Said);
        await two.SaysAsync("is ready");
        (await database.EventsAsync("type = 'guest_panicked'")).ShouldBeEmpty("an engine that was taken over must not write");

        // While it stands by it says what it holds; once it leads again, it hands over as late what it could not write.
        one = first.Start();
        await one.SaysAsync("inputs wait in the spool");
        (await database.EventsAsync("type = 'guest_panicked'")).ShouldBeEmpty();
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
        await one.SaysAsync("is ready");
        var late = (await database.EventsAsync("type = 'guest_panicked'")).ShouldHaveSingleItem();
        ((int?)late.Headers["marks"] & 4).ShouldBe(4, one.Said);
        one.Terminate();
        (await one.EndAsync()).ShouldExit(0);
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task What_one_that_was_stopped_left_in_the_data_folder_of_both_is_taken_in_while_the_other_leads()
    {
        await using var first = await Installation.MakeAsync();
        await using var second = await Installation.BesideAsync(first);
        await using var mine = FakeQemu.OnSocket(first.Workspace["mine.sock"], "mine");
        var dialled = first.Workspace["dial.sock"];
        first.WriteRules(TestRules.Panic).From($"qmp: {mine.Path}").From($"listen: {dialled}");
        second.WriteRules(TestRules.Panic).From($"listen: {dialled}");
        var one = await first.RunAsync();
        await mine.ServedAsync();
        await Wait.UntilAsync(() => File.Exists(dialled), "it listens");
        await using var database = await first.OpenAsync();
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type = 'state_resynced'") == 1, "the monitor is on record");
        var two = second.Start();
        await two.SaysAsync("caught up");
        one.Signal("STOP");
        await mine.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await two.SaysAsync("is ready", Soon);
        one.Signal("CONT");
        (await one.EndAsync()).Code.ShouldNotBe(0);
        await second.UntilAsync(async () => await database.CountAsync("mt_events where type = 'guest_panicked'") == 1, "it is recorded by the one that leads");
        (((int?)(await database.EventsAsync("type = 'guest_panicked'"))[0].Headers["marks"]) & 4).ShouldBe(4, two.Said);
        await Wait.UntilAsync(() => two.Has("Taken in from the spool"), "the spool is done with");

        // The one that woke has left alone what is the other's by now.
        using (var qemu = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) await qemu.ConnectAsync(new UnixDomainSocketEndPoint(dialled));
        await RecordChecks.ShouldBeWholeAsync(database);
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
    }

    [PostgresFact]
    public async Task Rules_that_were_reloaded_while_it_stood_by_go_on_with_the_past_that_they_look_back_on()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var qemu = FakeQemu.OnSocket(first.Workspace["vm-1.sock"], "vm-1");
        foreach (var site in (Installation[])[first, second]) site.WriteRules("groups: [ { name: g, rules: [ { alert: Other, on: WATCHDOG, actions: [page] } ] } ]").From($"qmp: {{ endpoint: {qemu.Path}, vm: vm-1 }}");
        var one = await first.RunAsync();
        await qemu.ServedAsync();
        var two = second.Start();
        await two.SaysAsync("caught up");
        await using var database = await first.OpenAsync();
        foreach (var _ in (int[])[1, 2]) await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vda", ["operation"] = "read", ["action"] = "report" });
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type = 'block_io_error'") == 2, "two errors are on record");
        foreach (var site in (Installation[])[first, second]) site.WriteRules(TestRules.Panic);
        one.Signal("HUP");
        await one.SaysAsync("Rules reloaded");
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type = 'rules_activated'") == 2, "the reload is on record");
        await one.KillAsync();
        await two.SaysAsync("is ready", Soon);
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("BLOCK_IO_ERROR", new() { ["device"] = "vda", ["operation"] = "read", ["action"] = "report" });
        await second.UntilAsync(() => second.Pages.Delivered.Count == 1, "the third error pages");
        two.Has("newly activated").ShouldBeFalse(two.Said);
        two.Has("not those recorded").ShouldBeFalse(two.Said);
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
        (await database.CountAsync("mt_events where type = 'rules_activated'")).ShouldBe(2, "its files were read again before it led");
        (await second.QualmAsync("verify")).ShouldExit(0);
    }

    [PostgresFact]
    public async Task Signals_to_one_that_stands_by_or_waits_for_its_store_do_not_break_it_off()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var nowhere = await Installation.MakeAsync("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing");
        await first.RunAsync();
        foreach (var (site, sign) in ((Installation, string)[])[(second, "Standby: another engine leads"), (nowhere, "cannot be reached")])
        {
            var starting = site.Start();
            await starting.SaysAsync(sign);
            starting.Signal("HUP");
            starting.Terminate();
            var end = await starting.EndAsync();
            end.ShouldExit(0);
            end.Error.ShouldNotContain("interrupted");
            end.Error.ShouldNotContain("   at ");
        }
    }

    [PostgresFact]
    public async Task A_database_that_restarts_does_not_change_who_leads()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await using var qemu = FakeQemu.OnSocket(first.Workspace["vm-1.sock"], "vm-1");
        first.WriteRules(TestRules.Panic).From($"qmp: {qemu.Path}");
        second.WriteRules(TestRules.Panic);
        var one = await first.RunAsync();
        await qemu.ServedAsync();
        var two = second.Start();
        await two.SaysAsync("caught up");
        await postgres.StopAsync("immediate");
        await qemu.SendAsync("STOP");
        await two.SaysAsync("cannot read the store");
        await postgres.StartAsync();
        await qemu.SendAsync("RESUME");
        await one.SaysAsync("is drained");
        await using var database = await first.OpenAsync();
        await first.UntilAsync(async () => await database.CountAsync("mt_events where type in ('stop', 'resume')") == 2, "the first goes on");
        two.Has("Taking over").ShouldBeFalse(two.Said);
        two.HasExited.ShouldBeFalse();

        // An orderly end is followed at once.
        one.Terminate();
        (await one.EndAsync()).ShouldExit(0);
        var since = Stopwatch.GetTimestamp();
        await two.SaysAsync("it has ended");
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(Soon);
        await two.SaysAsync("is ready");
    }

    [PostgresFact]
    public async Task One_whose_turns_hang_gives_no_sign_of_life_and_notices_that_it_was_taken_over_all_the_same()
    {
        await using var store = await StoreHost.OpenAsync(StoreLocation.Of(await postgres.CreateAsync(), ""), TimeProvider.System, CancellationToken.None);
        await using (await TurnWriter.AcquireAsync(store, new TurnWriterOptions(), CancellationToken.None))
        {
            var (leases, stuck, superseded) = (new LeaseStore(store), (string?)null, new TaskCompletionSource());
            await using var keeper = new LeaseKeeper(store, 1, () => Volatile.Read(ref stuck), superseded.SetResult, TimeProvider.System, NullLogger.Instance);
            async Task<long> RenewalsAsync() => (await leases.ReadAsync(CancellationToken.None))?.Renewals ?? 0;
            await Wait.UntilAsync(async () => await RenewalsAsync() >= 2, "it gives signs of life");
            Volatile.Write(ref stuck, "the turn loop has not moved for 31 s");
            var (watch, since) = (new LeaseWatch(Candidate.Lease, TimeProvider.System), Stopwatch.GetTimestamp());
            string? why = null;
            await Wait.UntilAsync(async () => (why = watch.Look((await leases.ReadAsync(CancellationToken.None))! with { Holder = "elsewhere" })) is not null, "a standby takes it for dead");
            (why, Stopwatch.GetElapsedTime(since) >= Candidate.Lease).ShouldBe(("it has given no sign of life for 8 s", true));
            await leases.BeginAsync(2, "elsewhere", CancellationToken.None);
            await superseded.Task.WaitAsync(Wait.Patience);
        }
    }

    [PostgresFact]
    public async Task Two_on_one_data_folder_share_its_database_and_the_second_survives_the_first()
    {
        await using var first = await Installation.MakeAsync();
        await using var second = await Installation.BesideAsync(first);
        await using var qemu = FakeQemu.OnSocket(first.Workspace["vm-1.sock"], "vm-1");
        foreach (var site in (Installation[])[first, second]) site.WriteRules(TestRules.Panic).From($"qmp: {{ endpoint: {qemu.Path}, vm: vm-1 }}");
        var one = await first.RunAsync();
        var two = second.Start();
        await two.SaysAsync("caught up");
        one.Terminate();
        (await one.EndAsync()).ShouldExit(0);
        await two.SaysAsync("is ready");
        await Wait.UntilAsync(() => qemu.Connections == 2 && qemu.IsServed, "it is monitored again");
        await qemu.SendAsync("STOP");
        await using var database = await second.OpenAsync();
        await second.UntilAsync(async () => await database.CountAsync("mt_events where type = 'stop'") == 1, "the second writes");
        two.Terminate();
        (await two.EndAsync()).ShouldExit(0);
        first.Workspace.Processes().ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task Without_a_standby_a_second_is_refused()
    {
        var store = await postgres.CreateAsync();
        await using var first = await Installation.MakeAsync(store);
        await using var second = await Installation.MakeAsync(store);
        await first.RunAsync();
        second.With("standby: false");
        var refused = await second.Start().EndAsync();
        refused.Code.ShouldNotBe(0);
        refused.Error.ShouldContain("another engine writes");
        (await second.Start("run", "--no-standby", "--store", store, "--data", second.Data).EndAsync()).Error.ShouldContain("another engine writes");
    }
}
