using System.Buffers;
using System.Net.Sockets;
using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class SocketInputTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Socket _ours;
    private readonly Socket _theirs;

    public SocketInputTests()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
        listener.Listen();
        _ours = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _ours.Connect(new UnixDomainSocketEndPoint(_folder["s"]));
        _theirs = listener.Accept();
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(3000)]
    [InlineData(90_000)]
    public async Task Bytes_are_given_in_order_however_many_are_left_each_time(int left)
    {
        var sent = new byte[1_000_000];
        new Random(5).NextBytes(sent);
        var sending = Task.Run(() =>
        {
            for (var at = 0; at < sent.Length; at += 1000) _theirs.Send(sent.AsSpan(at, 1000));
            _theirs.Shutdown(SocketShutdown.Send);
        });
        var (input, got) = (new SocketInput(_ours), new ArrayBufferWriter<byte>());
        while (true)
        {
            if (input.IsEmpty) await input.ComesAsync(default).AsTask().InTime();
            var received = await input.ReceiveAsync(default).AsTask().InTime();
            input.Received(received);
            var take = received == 0 ? input.Bytes.Length : Math.Max(0, input.Bytes.Length - left);
            got.Write(input.Bytes.Slice(0, take).ToArray());
            input.Keep(input.Bytes.Length - take);
            if (received == 0) break;
        }

        await sending.InTime();
        input.Release();
        got.WrittenSpan.SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_is_held_while_nothing_comes()
    {
        var input = new SocketInput(_ours);
        _theirs.Send("abc"u8);
        await input.ComesAsync(default).AsTask().InTime();
        input.Received(await input.ReceiveAsync(default));
        input.Bytes.Length.ShouldBe(3);
        input.Keep(0);
        var coming = input.ComesAsync(default).AsTask();
        input.Bytes.IsEmpty.ShouldBeTrue();
        coming.IsCompleted.ShouldBeFalse();
        _theirs.Send("d"u8);
        await coming.InTime();
        input.Received(await input.ReceiveAsync(default));
        input.Bytes.ToArray().ShouldBe("d"u8.ToArray());
    }
}
