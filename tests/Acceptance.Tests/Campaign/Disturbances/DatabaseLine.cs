using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Qualm.Acceptance.Tests.Campaign.Disturbances;

/// <summary>A unix socket between the engine and PostgreSQL that can be cut, be slow for a while, or swallow the answer to a commit.</summary>
internal sealed class DatabaseLine : IAsyncDisposable
{
    public const string Socket = ".s.PGSQL.5432";

    private readonly string _server;
    private readonly Socket _listener = New();
    private readonly ConcurrentDictionary<Pair, bool> _pairs = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();
    private int _swallow;
    private volatile bool _refuses;

    /// <param name="folder">Where its socket is made.</param>
    /// <param name="server">PostgreSQL's socket.</param>
    public DatabaseLine(string folder, string server)
    {
        (Folder, _server) = (folder, server);
        Directory.CreateDirectory(folder);
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, Socket)));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    public string Folder { get; }

    /// <summary>Closes every connection.</summary>
    public void Cut()
    {
        foreach (var pair in _pairs.Keys) pair.Dispose();
    }

    /// <summary>Closes every connection, and every new one, until <see cref="Mend"/>.</summary>
    public void Break()
    {
        _refuses = true;
        Cut();
    }

    public void Mend() => _refuses = false;

    /// <summary>Lets nothing through, but loses nothing, until <see cref="GoOn"/>.</summary>
    public void Stall() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => _open.TrySetResult();

    /// <summary>The next commit is carried out, and its connection breaks before anybody hears of it.</summary>
    public void SwallowCommit() => Interlocked.Exchange(ref _swallow, 1);

    /// <summary>Whether a commit has been swallowed since it was asked for.</summary>
    public bool HasSwallowed => Volatile.Read(ref _swallow) == 0;

    public async ValueTask DisposeAsync()
    {
        GoOn();
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                if (_refuses) client.Dispose();
                else _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The line is taken down.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var pair = new Pair(client, New());
        _pairs[pair] = true;
        try
        {
            await pair.Server.ConnectAsync(new UnixDomainSocketEndPoint(_server), _stop.Token);
            await Task.WhenAny(CarryAsync(client, pair.Server, answers: false), CarryAsync(pair.Server, client, answers: true));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server is away, which the client sees by its connection.
        }

        _pairs.TryRemove(pair, out _);
    }

    private async Task CarryAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                await _open.Task.WaitAsync(_stop.Token);
                if (answers && buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _swallow, 0) == 1) return;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut.
        }
    }

    private sealed record Pair(Socket Client, Socket Server) : IDisposable
    {
        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
