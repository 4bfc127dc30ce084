using System.Text.Json.Nodes;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Commands;

/// <summary>History taken into the record.</summary>
public sealed class ImportTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task The_samples_are_read_as_they_are_and_what_is_malformed_is_told_and_kept()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var seed = Repository.PathOf("samples/seed-1.txt");
        var import = (await site.QualmAsync("import", seed, Repository.PathOf("samples/seed-2.txt"), "--vm", "old", "--json")).ShouldExit(1);
        Counts(import).ShouldBe((10, 10, 0, 1));
        import.Error.ShouldContain($"{seed}:34:3");

        await using var database = await site.OpenAsync();
        var events = await database.EventsAsync("stream_id = 'vm/old'");
        events.Select(e => e.Type).ShouldBe(
            [
                "dump_completed", "quorum_report_bad", "quorum_report_bad", "migration_pass", "vserport_change",
                "acpi_device_ost", "balloon_change", "guest_panicked", "quorum_failure", "quorum_report_bad",
            ],
            ignoreOrder: true);
        events.ShouldAllBe(e => e.Kind == "import");

        // Old shapes are today's.
        events.Where(e => e.Type is "quorum_report_bad" or "quorum_failure").ShouldAllBe(e => e.Data.ContainsKey("sectors-count"));
        events.Single(e => e.Type == "acpi_device_ost").Data["info"]!["slot"]!.GetValue<string>().ShouldBe("0");
        var kept = await database.ScalarAsync<byte[]>("select bytes from qualm.qualm_quarantine");
        System.Text.Encoding.UTF8.GetString(kept).ShouldContain("acpi: device unplug for unsupported device");
    }

    [PostgresFact]
    public async Task The_same_file_again_adds_nothing_wherever_it_lies()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var history = EventLines.Write(site.Workspace, 2000);
        await File.AppendAllTextAsync(history, "this line is broken\n");
        Counts((await site.QualmAsync("import", history, "--json")).ShouldExit(1)).ShouldBe((2000, 2000, 0, 1));
        await using var database = await site.OpenAsync();
        var first = (await database.EventsAsync()).Select(e => (e.Seq, e.Id)).ToList();

        var moved = site.Workspace["elsewhere.jsonl"];
        File.Move(history, moved);
        var again = Counts(await site.QualmAsync("import", moved, "--json"));
        (again.Added, again.Known).ShouldBe((0, 2000));
        (await database.EventsAsync()).Select(e => (e.Seq, e.Id)).ShouldBe(first);
        await RecordChecks.ShouldBeWholeAsync(database);

        // What a longer file of the same name adds is added, and byte-equal lines are as many events as there are lines.
        var twins = site.Workspace.Write("twins.jsonl", string.Concat(Enumerable.Repeat(EventLines.Of("twin", "STOP", EventLines.Start, 1) + "\n", 2)));
        Counts((await site.QualmAsync("import", twins, "--json")).ShouldExit(0)).ShouldBe((2, 2, 0, 0));
        await File.AppendAllTextAsync(twins, EventLines.Of("twin", "STOP", EventLines.Start, 1) + "\n");
        Counts((await site.QualmAsync("import", twins, "--json")).ShouldExit(0)).ShouldBe((3, 1, 2, 0));
    }

    [PostgresFact]
    public async Task An_import_beside_a_running_service_pages_nobody_and_the_service_goes_on()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var qemu = FakeQemu.OnSocket(site.Workspace["vm-1.sock"], "vm-1");
        site.WriteRules(TestRules.Panic).From($"qmp: {qemu.Path}");
        var service = await site.RunAsync();
        await qemu.ServedAsync();
        var history = site.Workspace.Write("old.jsonl", EventLines.Of("vm-1", "GUEST_PANICKED", EventLines.Start, 1, new() { ["action"] = "pause" }) + "\n");
        (await site.QualmAsync("import", history)).ShouldExit(0);
        await qemu.SendAsync("RESET", new() { ["guest"] = true, ["reason"] = "guest-reset" });
        await qemu.SendAsync("GUEST_PANICKED", new() { ["action"] = "pause" });
        await site.UntilAsync(() => site.Pages.Delivered.Count > 0, "the live panic pages");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        await using var database = await site.OpenAsync();
        (await database.DecisionsAsync()).ShouldHaveSingleItem();
        site.Pages.Received.ShouldHaveSingleItem();
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task A_file_that_is_not_there_is_said_in_one_line()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        var import = await site.QualmAsync("import", site.Workspace["nothing.jsonl"]);
        import.Code.ShouldNotBe(0);
        import.Error.ShouldContain("nothing.jsonl");
        import.Error.ShouldNotContain("   at ");
    }

    private static (int Read, int Added, int Known, int Quarantined) Counts(Finished import)
    {
        var last = JsonNode.Parse(import.Lines[^1])!;
        return ((int)last["read"]!, (int)last["added"]!, (int)last["known"]!, (int)last["quarantined"]!);
    }
}
