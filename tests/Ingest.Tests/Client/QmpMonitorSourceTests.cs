using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class QmpMonitorSourceTests : IDisposable
{
    private const string Stop = """{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}""";
    private const string Resume = """{"timestamp": {"seconds": 3, "microseconds": 4}, "event": "RESUME"}""";

    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Monitor_is_asked_who_it_is_and_its_events_follow()
    {
        await using var server = Server().Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await server.PlayAsync(Stop, Resume);
        await Eventually.True(() => got.Names.Count == 4);

        got.Names.ShouldBe(["MONITOR_CONNECTED", "STATE_RESYNCED", "STOP", "RESUME"]);
        server.Commands.ShouldBe(["qmp_capabilities", "query-name", "query-uuid", "query-status", "query-version"]);
        got.Data(0).ShouldBe($$"""{"source":"unix:{{server.Path}}","epoch":{{Epoch(1)}},"version":"7.2.22","package":"Debian","name":"alpha","uuid":"11111111-2222-3333-4444-555555555555"}""");
        got.Data(1).ShouldBe("""{"status":"running","running":true,"name":"alpha","uuid":"11111111-2222-3333-4444-555555555555","version":"7.2.22"}""");
        got.Events.ShouldAllBe(e => e.Origin.Vm == "alpha" && e.Origin.Live && e.Origin.Incarnation == "11111111-2222-3333-4444-555555555555");
        got.Events.Select(e => e.Ordinal).ShouldBe([1, 2, 3, 4]);
        got.Events.Select(e => e.Id).Distinct().Count().ShouldBe(4);
        got.Events[0].Event.EventTime.ShouldBe(Qualm.Model.Instant.From(_time.GetUtcNow()));
    }

    [Fact]
    public async Task Events_before_an_answer_keep_their_place_about_the_status()
    {
        await using var server = Server();
        server.Before["query-name"] = [Stop];
        server.Before["query-status"] = [Resume];
        server.Before["query-version"] = [Stop];
        server.Start();
        await using var got = new Collected(Source(server));
        await Eventually.True(() => got.Names.Count == 5);

        got.Names.ShouldBe(["MONITOR_CONNECTED", "STOP", "RESUME", "STATE_RESYNCED", "STOP"]);
        got.Events.ShouldAllBe(e => e.Origin.Vm == "alpha");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, true)]
    [InlineData(int.MaxValue, true)]
    public async Task However_the_server_cuts_and_prints_the_events_are_the_same(int chunk, bool pretty)
    {
        await using var server = Server();
        server.Chunk = chunk;
        server.Pretty = pretty;
        server.Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await server.PlayAsync(Stop, Resume, Stop);
        await Eventually.True(() => got.Names.Count == 5);

        got.Names.Skip(2).ShouldBe(["STOP", "RESUME", "STOP"]);
    }

    [Fact]
    public async Task Command_that_is_refused_is_tolerated()
    {
        await using var server = Server();
        foreach (var query in (string[])["query-name", "query-uuid", "query-status", "query-version"])
            server.Answers[query] = """ "error": {"class": "CommandNotFound", "desc": "no"} """;
        server.Start();
        await using var got = new Collected(Source(server));
        await Eventually.True(() => got.Names.Count == 2);

        got.Events[0].Origin.Vm.ShouldBe("web-1");
        got.Data(1).ShouldBe("""{"status":"unknown","running":false,"name":"","uuid":"","version":"7.2.22"}""");
    }

    [Theory]
    [InlineData("given", "alpha", "11111111-2222-3333-4444-555555555555", "given")]
    [InlineData(null, "alpha", "11111111-2222-3333-4444-555555555555", "alpha")]
    [InlineData(null, @"\ud800", "11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555")]
    [InlineData(null, null, "11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555")]
    [InlineData(null, null, "00000000-0000-0000-0000-000000000000", "web-1")]
    public async Task Vm_is_who_the_operator_says_then_who_it_says_it_is(string? given, string? name, string uuid, string expected)
    {
        await using var server = Server();
        server.Answers["query-name"] = name is null ? "\"return\": {}" : $$""" "return": {"name": "{{name}}"} """;
        server.Answers["query-uuid"] = $$""" "return": {"UUID": "{{uuid}}"} """;
        server.Start();
        await using var got = new Collected(Source(server, given));
        await Eventually.True(() => got.Names.Count == 2);

        got.Events.ShouldAllBe(e => e.Origin.Vm == expected);
    }

    [Fact]
    public async Task Silent_monitor_is_given_up_with_the_cause_named()
    {
        await using var server = Server();
        server.Silent = true;
        server.Start();
        var context = Some.Context(_time);
        await using var got = new Collected(Source(server, context: context));
        await Eventually.True(() => server.Connections == 1);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return context.Board.Current.Any(s => s.Phase == MonitorPhase.Waiting);
        });

        var status = context.Board.Current.Single();
        status.Reason.ShouldNotBeNull().ShouldContain("no greeting within 5 s");
        status.Reason.ShouldContain("second");
        got.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Attempt_that_fails_says_why()
    {
        var dead = _folder["dead.sock"];
        using (var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(dead));
            (await ReasonOf(dead)).ShouldBe("nobody listens there");
        }

        (await ReasonOf(_folder["none.sock"])).ShouldBe("no such socket");
        (await ReasonOf("127.0.0.1:1")).ShouldBe("nobody listens there");
    }

    [Fact]
    public async Task Monitor_is_reached_over_TCP()
    {
        await using var server = Server().Start();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = QmpEndpoint.Parse(listener.LocalEndpoint.ToString()!);
        await using var got = new Collected(new QmpMonitorSource(endpoint, MonitorNaming.Of(endpoint), Some.Context(_time)));
        using var outer = await listener.AcceptTcpClientAsync().InTime();
        using var inner = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        await inner.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(server.Path));
        await using var through = new System.Net.Sockets.NetworkStream(inner);
        var copying = Task.WhenAll(through.CopyToAsync(outer.GetStream()), outer.GetStream().CopyToAsync(through));
        await Eventually.True(() => got.Names.Count == 2);
        server.Drop();
        outer.Close();
        await Eventually.True(() => got.Names.Count == 3);
        await copying.ContinueWith(_ => { }, TaskScheduler.Default).InTime();

        got.Events.ShouldAllBe(e => e.Origin.Source == endpoint.ToString() && e.Origin.Vm == "alpha");
    }

    [Fact]
    public async Task Lost_monitor_is_dialled_again_as_a_new_epoch()
    {
        await using var server = Server().Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await server.PlayAsync(Stop);
        await Eventually.True(() => got.Names.Count == 3);
        server.Drop();
        await Eventually.True(() => got.Names.Count == 4);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return got.Names.Count == 6;
        });

        got.Names.ShouldBe(["MONITOR_CONNECTED", "STATE_RESYNCED", "STOP", "MONITOR_LOST", "MONITOR_CONNECTED", "STATE_RESYNCED"]);
        got.Data(3).ShouldContain("closed by the peer");
        got.Events.Select(e => e.Origin.Epoch).ShouldBe([Epoch(1), Epoch(1), Epoch(1), Epoch(1), Epoch(2), Epoch(2)]);
        got.Events.Select(e => e.Id).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task Garbage_on_the_wire_is_kept_and_ends_the_session_only()
    {
        await using var server = Server().Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await server.PlayAsync(Stop);
        await server.SendRawAsync("HTTP/1.1 400 Bad Request\r\n");
        await Eventually.True(() => got.Garbage.Count == 1 && got.Names.Count == 4);
        await Eventually.True(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return got.Names.Count == 6;
        });

        System.Text.Encoding.UTF8.GetString(got.Garbage[0].Bytes.Span).ShouldStartWith("HTTP/1.1");
        got.Garbage[0].Reason.ShouldContain("not QMP");
        got.Names[3].ShouldBe("MONITOR_LOST");
        got.Names[4].ShouldBe("MONITOR_CONNECTED");
    }

    [Fact]
    public async Task Message_cut_short_by_the_end_is_garbage()
    {
        await using var server = Server().Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await server.SendRawAsync(Stop[..20]);
        await Eventually.True(() => got.Names.Count == 2);
        server.Drop();
        await Eventually.True(() => got.Names.Count == 3);

        System.Text.Encoding.UTF8.GetString(got.Garbage.ShouldHaveSingleItem().Bytes.Span).ShouldBe(Stop[..20]);
    }

    [Fact]
    public async Task Reader_that_stalls_costs_the_connection_not_QEMUs_memory()
    {
        await using var server = Server().Start();
        var items = Source(server).ReadAsync(default).GetAsyncEnumerator();
        (await items.MoveNextAsync().AsTask().InTime()).ShouldBeTrue();
        await server.ServedAsync();
        _time.Advance(TimeSpan.FromSeconds(25));

        var names = new List<string>();
        while (names.LastOrDefault() != "MONITOR_LOST")
        {
            (await items.MoveNextAsync().AsTask().InTime()).ShouldBeTrue();
            if (items.Current is Qualm.Ingest.Sources.SourceItem.Event e) names.Add(e.Received.Event.Name);
        }

        names.ShouldBe(["STATE_RESYNCED", "MONITOR_LOST"]);
        System.Text.Encoding.UTF8.GetString(((Qualm.Ingest.Sources.SourceItem.Event)items.Current).Received.Event.Data.Span).ShouldContain("nothing was taken");
        await items.DisposeAsync();
    }

    [Fact]
    public async Task Silence_of_a_reader_that_waits_is_no_stall()
    {
        await using var server = Server().Start();
        await using var got = new Collected(Source(server));
        await server.ServedAsync();
        await Eventually.True(() => got.Names.Count == 2);
        _time.Advance(TimeSpan.FromHours(1));
        await server.PlayAsync(Stop);
        await Eventually.True(() => got.Names.Count == 3);

        got.Names[2].ShouldBe("STOP");
    }

    private async Task<string?> ReasonOf(string text)
    {
        var endpoint = QmpEndpoint.Parse(text);
        var context = Some.Context(_time);
        await using var got = new Collected(new QmpMonitorSource(endpoint, MonitorNaming.Of(endpoint), context));
        await Eventually.True(() => context.Board.Current.Any(s => s.Phase == MonitorPhase.Waiting));
        return context.Board.Current.Single().Reason;
    }

    private ScriptedQmpServer Server() => new(_folder["web-1.sock"]);

    // Of the n-th connection of a run of the engine whose epoch is 7.
    private static long Epoch(long n) => (7L << 32) + n;

    private QmpMonitorSource Source(ScriptedQmpServer server, string? vm = null, MonitorContext? context = null)
    {
        var endpoint = new QmpEndpoint.Unix(server.Path);
        return new(endpoint, MonitorNaming.Of(endpoint, vm), context ?? Some.Context(_time));
    }
}
