using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>A QMP monitor that says what the test wants, when it wants it, and knows what it has said. It serves one client at a time, as QEMU does.</summary>
internal sealed class FakeQemu : IFakeMonitor
{
    private static readonly TimeSpan Redial = TimeSpan.FromMilliseconds(100);

    private readonly string _vm;
    private readonly FakeStyle _style;
    private readonly Socket? _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SentEvent> _sent = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Task _serving;
    private FakeConnection? _connection;

    private FakeQemu(string vm, FakeStyle style, Socket? listener, Func<CancellationToken, Task<Socket>> connect)
    {
        (_vm, _style, _listener) = (vm, style, listener);
        _serving = ServeAsync(connect, _stop.Token);
    }

    /// <summary>What it says its run state is.</summary>
    public string Status { get; set; } = "running";

    /// <summary>Clients it has had.</summary>
    public int Connections { get; private set; }

    public bool IsServed => Served is not null;

    /// <summary>The client that is sent events; null while there is none.</summary>
    public FakeConnection? Served => _connection is { IsServed: true } connection ? connection : null;

    /// <summary>Everything it tried to send to a client that was there. The last of a connection may not have arrived.</summary>
    public IReadOnlyList<SentEvent> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    /// <summary>Its unix socket.</summary>
    public string Path => _listener!.LocalEndPoint!.ToString()!;

    /// <summary>Where a TCP one listens, as <c>host:port</c>.</summary>
    public string Endpoint => _listener!.LocalEndPoint!.ToString()!;

    /// <summary>Listens on a unix socket.</summary>
    public static FakeQemu OnSocket(string path, string vm, FakeStyle? style = null) =>
        Listening(vm, style, new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path));

    /// <summary>Listens on a free port of loopback.</summary>
    public static FakeQemu OnTcp(string vm, FakeStyle? style = null) =>
        Listening(vm, style, new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Dials a unix socket, and again whenever it is dropped.</summary>
    public static FakeQemu Dialling(string path, string vm, FakeStyle? style = null) =>
        new(vm, style ?? FakeStyle.Plain, null, token => DialAsync(path, token));

    /// <summary>Waits until a client has negotiated.</summary>
    public Task ServedAsync() => Wait.UntilAsync(() => IsServed, $"somebody monitors {_vm}");

    /// <summary>Sends an event to the client, its place in <c>data</c>.</summary>
    /// <param name="data">Its members.</param>
    /// <param name="at">What it says its time is; null: now.</param>
    /// <returns>Null when there was nobody to send it to.</returns>
    public async Task<SentEvent?> SendAsync(string name, JsonObject? data = null, DateTimeOffset? at = null)
    {
        await _sending.WaitAsync();
        try
        {
            if (_connection is not { IsServed: true } connection) return null;
            var sent = new SentEvent(_vm, Connections, ++connection.Serial, name);
            lock (_lock) _sent.Add(sent);
            await connection.WriteAsync(Event(name, data, sent, at ?? DateTimeOffset.UtcNow));
            return sent;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends equal events, each with its own time, as a guest in trouble makes QEMU do. They are not among <see cref="Sent"/>.</summary>
    /// <param name="data">Members in turn, as JSON.</param>
    /// <returns>How many it sent.</returns>
    public async Task<int> FloodAsync(string name, int perSecond, TimeSpan length, params string[] data)
    {
        var connection = _connection!;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var sent = 0;
        var text = new StringBuilder();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < length)
        {
            text.Clear();
            for (var due = (int)(perSecond * elapsed.TotalSeconds); sent < due; sent++)
            {
                var micros = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                text.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $$$"""{"timestamp": {"seconds": {{{micros / 1_000_000}}}, "microseconds": {{{micros % 1_000_000}}}}, "event": "{{{name}}}", "data": {{{data[sent % data.Length]}}}}""");
                text.Append("\r\n");
            }

            await connection.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()));
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        return sent;
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(string bytes) => await _connection!.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    /// <summary>Closes the connection, as a QEMU that ends does; the next client is served.</summary>
    public void Drop() => _connection?.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        _connection?.Dispose();
        await _serving;
        _stop.Dispose();
        _sending.Dispose();
    }

    private static FakeQemu Listening(string vm, FakeStyle? style, Socket listener, EndPoint endpoint)
    {
        listener.Bind(endpoint);
        listener.Listen(1);
        return new FakeQemu(vm, style ?? FakeStyle.Plain, listener, token => listener.AcceptAsync(token).AsTask());
    }

    private static async Task<Socket> DialAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(Redial, cancellationToken);
            }
        }
    }

    private async Task ServeAsync(Func<CancellationToken, Task<Socket>> connect, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var connection = new FakeConnection(await connect(cancellationToken), _style, Answer);
                Connections++;
                _connection = connection;
                await connection.ServeAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // This server ends.
        }
    }

    private JsonObject? Answer(string command) => command switch
    {
        "qmp_capabilities" => new JsonObject(),
        "query-name" => new JsonObject { ["name"] = _vm },
        "query-uuid" => new JsonObject { ["UUID"] = "00000000-0000-0000-0000-000000000000" },
        "query-status" => new JsonObject { ["status"] = Status, ["singlestep"] = false, ["running"] = Status == "running" },
        "query-version" => new JsonObject { ["qemu"] = new JsonObject { ["micro"] = 22, ["minor"] = 2, ["major"] = 7 }, ["package"] = "fake" },
        _ => null,
    };

    /// <summary>An event as it is sent, its place in <c>data</c>.</summary>
    public static JsonObject Event(string name, JsonObject? data, SentEvent sent, DateTimeOffset at)
    {
        var micros = (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var members = data ?? [];
        members["x-connection"] = sent.Connection;
        members["x-serial"] = sent.Serial;
        return new JsonObject
        {
            ["timestamp"] = new JsonObject { ["seconds"] = micros / 1_000_000, ["microseconds"] = micros % 1_000_000 },
            ["event"] = name,
            ["data"] = members,
        };
    }
}
