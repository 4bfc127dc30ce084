using System.Net.Sockets;
using System.Text;
using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class QmpListenerSourceTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        _folder.Dispose();
    }

    [Fact]
    public async Task Peer_that_dials_in_is_a_monitor_until_it_leaves()
    {
        var path = _folder["in.sock"];
        await using var members = Listener(path).MembersAsync(_stop.Token).GetAsyncEnumerator();
        var appearing = members.MoveNextAsync().AsTask();
        await Eventually.True(() => File.Exists(path));
        using var qemu = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await qemu.ConnectAsync(new UnixDomainSocketEndPoint(path));
        (await appearing.InTime()).ShouldBeTrue();
        await using var got = new Collected(members.Current);
        await Serve(qemu);
        await Eventually.True(() => got.Names.Count == 2);
        qemu.Dispose();
        await got.Reading.InTime();

        got.Names.ShouldBe(["MONITOR_CONNECTED", "STATE_RESYNCED", "MONITOR_LOST"]);
        got.Events[0].Origin.Vm.ShouldBe("dialled");
        got.Events[0].Origin.Source.ShouldContain($"pid-{Environment.ProcessId}");
    }

    [Fact]
    public async Task Stale_socket_is_replaced()
    {
        var path = _folder["in.sock"];
        var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(path));
        File.Move(path, path + ".kept");
        dead.Dispose();
        File.Move(path + ".kept", path);

        await using var members = Listener(path).MembersAsync(_stop.Token).GetAsyncEnumerator();
        var appearing = members.MoveNextAsync().AsTask();
        await Eventually.True(() => appearing.IsFaulted || CanConnect(path));
        (await appearing.InTime()).ShouldBeTrue();
    }

    [Fact]
    public async Task Socket_that_somebody_listens_on_is_left_alone()
    {
        await using var other = new ScriptedQmpServer(_folder["in.sock"]);
        await using var members = Listener(other.Path).MembersAsync(_stop.Token).GetAsyncEnumerator();

        (await Should.ThrowAsync<IOException>(() => members.MoveNextAsync().AsTask().InTime())).Message.ShouldContain("another process");
        File.Exists(other.Path).ShouldBeTrue();
    }

    [Fact]
    public async Task Socket_of_a_deposed_engine_is_taken_and_stays_when_that_one_wakes_and_closes()
    {
        var path = _folder["in.sock"];
        using var asleep = new CancellationTokenSource();
        var old = Listener(path).MembersAsync(asleep.Token).GetAsyncEnumerator();
        var first = old.MoveNextAsync().AsTask();
        await Eventually.True(() => CanConnect(path));
        (await first.InTime()).ShouldBeTrue();
        var waiting = old.MoveNextAsync().AsTask();

        var source = new QmpListenerSource(new QmpEndpoint.Unix(path), Some.Context(_time) with { IsDeposed = process => process == Environment.ProcessId });
        await using var members = source.MembersAsync(_stop.Token).GetAsyncEnumerator();
        var appearing = members.MoveNextAsync().AsTask();
        await Eventually.True(() => appearing.IsFaulted || (CanConnect(path) && appearing.IsCompleted));
        (await appearing.InTime()).ShouldBeTrue();

        await asleep.CancelAsync();
        await waiting.ContinueWith(_ => { }, TaskScheduler.Default).InTime();
        await old.DisposeAsync();
        CanConnect(path).ShouldBeTrue();
        await members.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Socket_is_removed_when_nobody_listens_any_more()
    {
        var path = _folder["in.sock"];
        await using (var members = Listener(path).MembersAsync(_stop.Token).GetAsyncEnumerator())
        {
            var appearing = members.MoveNextAsync().AsTask();
            await Eventually.True(() => CanConnect(path));
            await appearing.InTime();
        }

        Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!).ShouldBeEmpty();
    }

    [Fact]
    public async Task File_that_is_no_socket_is_left_alone()
    {
        var path = _folder["in.sock"];
        await File.WriteAllTextAsync(path, "mine");
        await using var members = Listener(path).MembersAsync(_stop.Token).GetAsyncEnumerator();

        (await Should.ThrowAsync<IOException>(() => members.MoveNextAsync().AsTask().InTime())).Message.ShouldContain("no socket");
        (await File.ReadAllTextAsync(path)).ShouldBe("mine");
    }

    private static bool CanConnect(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task Serve(Socket qemu)
    {
        await qemu.SendAsync(Encoding.ASCII.GetBytes("""{"QMP": {"version": {"qemu": {"micro": 3, "minor": 1, "major": 11}, "package": ""}, "capabilities": []}}"""));
        using var input = new StreamReader(new NetworkStream(qemu));
        string[] answers = ["{}", """{"name": "dialled"}""", "{}", """{"status": "paused", "running": false}""", "{}"];
        for (var i = 0; i < answers.Length; i++)
        {
            await input.ReadLineAsync();
            await qemu.SendAsync(Encoding.ASCII.GetBytes($$"""{"return": {{answers[i]}}, "id": "qualm-{{i + 1}}"}"""));
        }
    }

    private QmpListenerSource Listener(string path) => new(new QmpEndpoint.Unix(path), Some.Context(_time));
}
