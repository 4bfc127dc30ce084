using System.Net.Sockets;
using System.Text;
using Qualm.Acceptance.Tests.Support;

namespace Qualm.Acceptance.Tests.Live;

/// <summary>What cannot be understood is kept and told, and disturbs nobody else.</summary>
public sealed class GarbageTests(PostgresCluster postgres) : IClassFixture<PostgresCluster>
{
    [PostgresFact]
    public async Task Garbage_in_every_source_goes_to_quarantine_and_all_sources_go_on()
    {
        await using var site = await Installation.MakeAsync(await postgres.CreateAsync());
        await using var calm = FakeQemu.OnSocket(site.Workspace["calm.sock"], "calm");
        await using var mad = FakeQemu.OnSocket(site.Workspace["mad.sock"], "mad");
        await using var mute = FakeQemu.OnSocket(site.Workspace["mute.sock"], "mute", new FakeStyle(Silent: true));
        await using var tcp = FakeQemu.OnTcp("tcp", new FakeStyle(Pretty: true, Chunk: 7));
        var (file, door) = (site.Workspace["events.jsonl"], site.Workspace["door"]);
        await File.WriteAllTextAsync(
            file,
            $"{EventLines.Now("filed", "STOP", 1)}\n{{\"vm\":\"filed\",\"event\":\"RESUME\" \"data\":{{}}}}\nnot json at all\n{EventLines.Now("filed", "RESUME", 2)}\n");
        site.From($"qmp: {site.Workspace.Folder}/{{vm}}.sock").From($"tail: {file}").From($"listen: {door}")
            .From($"qmp: {{ endpoint: \"{tcp.Endpoint}\", vm: tcp }}");
        var service = await site.RunAsync();
        await calm.ServedAsync();
        await mad.ServedAsync();
        await tcp.ServedAsync();

        await mad.SendAsync("STOP");
        await mad.SendRawAsync("}{ this is no JSON \u00ff\u00fe\r\n");
        using (var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await stranger.ConnectAsync(new UnixDomainSocketEndPoint(door));
            await stranger.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            stranger.Shutdown(SocketShutdown.Send);
        }

        await using var guest = FakeQemu.Dialling(door, "guest");
        await guest.ServedAsync();
        await Wait.UntilAsync(() => mad.Connections > 1 && mad.IsServed, "the mad monitor is dialled again");
        FakeQemu[] fakes = [calm, mad, guest, tcp];
        foreach (var fake in fakes) (await fake.SendAsync("RESUME")).ShouldNotBeNull();
        await File.AppendAllTextAsync(file, EventLines.Now("filed", "STOP", 3) + "\n");

        await using var database = await site.OpenAsync();
        foreach (var vm in (string[])["calm", "mad", "guest", "tcp"])
        {
            await site.UntilAsync(async () => (await database.EventsAsync($"stream_id = 'vm/{vm}' and type = 'resume'")).Count == 1, $"the event of {vm} after the garbage is recorded");
        }

        await site.UntilAsync(async () => (await database.EventsAsync("stream_id = 'vm/filed'")).Count(e => e.Sent is not null) == 3, "the good lines are recorded");
        await site.UntilAsync(async () => await database.CountAsync("qualm_quarantine") >= 4, "all garbage is in quarantine");
        await QuarantinedAsync(database, "not json at all", file);
        await QuarantinedAsync(database, "\"event\":\"RESUME\" \"data\"", file);
        await QuarantinedAsync(database, "this is no JSON", "mad.sock");
        await QuarantinedAsync(database, "GET / HTTP", "door");
        service.Error.Lines.ShouldContain(l => l.Contains(file, StringComparison.Ordinal) && l.Contains("quarantine", StringComparison.OrdinalIgnoreCase), $"the log tells of garbage:\n{service.Said}");
        service.Terminate();
        (await service.EndAsync()).ShouldExit(0);
    }

    private static async Task QuarantinedAsync(Database database, string bytes, string source)
    {
        var count = await database.CountAsync($"qualm_quarantine where position('{bytes}'::bytea in bytes) > 0 and source like '%{source}%' and reason <> ''");
        count.ShouldBe(1, $"'{bytes}' from {source}");
    }
}
