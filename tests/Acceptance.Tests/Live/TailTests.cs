using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>A growing file is a source like any other.</summary>
public sealed class TailTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task A_line_is_recorded_once_whenever_it_was_written_and_however_the_service_ended()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var database = await site.OpenAsync();
        var file = site.Workspace["events.jsonl"];
        site.From($"tail: {file}");
        var written = 0;
        await AppendAsync(file, Lines(ref written, 5));

        var service = await site.RunAsync();
        await RecordedAsync(site, database, written);
        await AppendAsync(file, Lines(ref written, 50));
        await RecordedAsync(site, database, written);
        await service.KillAsync();
        await service.DisposeAsync();

        // While it is down: five lines and the first half of another.
        var lines = Lines(ref written, 6);
        await AppendAsync(file, lines[..^20]);
        service = await site.RunAsync();
        await RecordedAsync(site, database, written - 1);
        await AppendAsync(file, lines[^20..]);
        await RecordedAsync(site, database, written);
        await AppendAsync(file, Lines(ref written, 200));
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);

        await AppendAsync(file, Lines(ref written, 3));
        service = await site.RunAsync();
        await RecordedAsync(site, database, written);
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
        (await SerialsAsync(database)).ShouldBe(Enumerable.Range(1, written));
        (await database.CountAsync("qualm_quarantine")).ShouldBe(0);
        await RecordChecks.ShouldBeWholeAsync(database);
    }

    [PostgresFact]
    public async Task A_file_that_is_rotated_is_followed_into_its_successor()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var database = await site.OpenAsync();
        var file = site.Workspace["events.jsonl"];
        site.From($"tail: {file}");
        var written = 0;
        await site.RunAsync();
        await AppendAsync(file, Lines(ref written, 5));
        await RecordedAsync(site, database, written);
        File.Move(file, file + ".1");
        await AppendAsync(file, Lines(ref written, 5));
        await RecordedAsync(site, database, written);
        (await SerialsAsync(database)).ShouldBe(Enumerable.Range(1, written));
    }

    private static string Lines(ref int written, int count)
    {
        var lines = "";
        for (var i = 0; i < count; i++) lines += EventLines.Now("vm-1", "RTC_CHANGE", ++written) + "\n";
        return lines;
    }

    private static Task AppendAsync(string file, string text) => File.AppendAllTextAsync(file, text);

    private static Task RecordedAsync(Installation site, Database database, int count) =>
        site.UntilAsync(async () => await database.CountAsync("mt_events where data ? 'x-serial'") >= count, $"{count} lines are recorded");

    private static async Task<IEnumerable<int>> SerialsAsync(Database database) =>
        (await database.EventsAsync("data ? 'x-serial'")).Select(e => e.Sent!.Value.Serial);
}
