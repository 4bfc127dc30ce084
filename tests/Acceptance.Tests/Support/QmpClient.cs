using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>The test's own monitor of a real QEMU, with which it steers it and sees the same events as Qualm.</summary>
internal sealed class QmpClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly Channel<JsonObject> _replies = Channel.CreateBounded<JsonObject>(100);
    private readonly List<JsonObject> _events = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    private QmpClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _reading = ReadAsync();
    }

    /// <summary>Connects as soon as QEMU listens, and negotiates.</summary>
    public static async Task<QmpClient> ConnectAsync(string path)
    {
        Socket? connected = null;
        await Wait.UntilAsync(() => TryConnect(path, out connected), $"QEMU listens on {path}");
        var client = new QmpClient(connected!);
        (await client.ReplyAsync()).ContainsKey("QMP").ShouldBeTrue();
        await client.ExecuteAsync("qmp_capabilities");
        return client;
    }

    /// <summary>Events of this name so far.</summary>
    public IReadOnlyList<JsonObject> Events(string name)
    {
        lock (_lock) return [.. _events.Where(e => (string?)e["event"] == name)];
    }

    public Task EventAsync(string name, int count = 1) =>
        Wait.UntilAsync(() => Events(name).Count >= count, $"QEMU sends {count} {name}");

    /// <returns>What the command returned.</returns>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments = null)
    {
        var message = new JsonObject { ["execute"] = command };
        if (arguments is not null) message["arguments"] = arguments;
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(message.ToJsonString() + "\n"));
        var reply = await ReplyAsync();
        reply.ContainsKey("error").ShouldBeFalse($"{message.ToJsonString()} -> {reply.ToJsonString()}");
        return reply["return"];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await _stream.DisposeAsync();
        _socket.Dispose();
        _stop.Dispose();
    }

    private static bool TryConnect(string path, out Socket? socket)
    {
        socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    private async Task<JsonObject> ReplyAsync() => await _replies.Reader.ReadAsync().AsTask().WaitAsync(Wait.Patience);

    private async Task ReadAsync()
    {
        var wire = new QmpWire(_stream);
        try
        {
            while (await wire.ReadAsync(_stop.Token) is { } message)
            {
                if (!message.ContainsKey("event"))
                {
                    await _replies.Writer.WriteAsync(message, _stop.Token);
                    continue;
                }

                lock (_lock) _events.Add(message);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // QEMU has gone, or the test is over.
        }

        _replies.Writer.Complete();
    }
}
