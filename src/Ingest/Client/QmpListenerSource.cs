using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Client;

/// <summary>
/// A socket that QEMU dials (<c>-chardev socket,…,server=off,reconnect-ms=1000</c>). Every connection is a monitor, which ends
/// when QEMU leaves; one that dials again is a new one.
/// </summary>
public sealed class QmpListenerSource(QmpEndpoint endpoint, MonitorContext context, string? vm = null, string? host = null) : IEventSourceGroup
{
    private const int Backlog = 512;
    private long _accepted;

    public string Name { get; } = "listen:" + endpoint;

    /// <exception cref="IOException">Somebody else listens there, or the path is no socket.</exception>
    public async IAsyncEnumerable<IEventSource> MembersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var listener = await ListenAsync(cancellationToken);
        Log.Listening(context.Logger, Name);
        while (true)
        {
            var socket = await listener.AcceptAsync(cancellationToken);
            if (!context.Gate.IsOpen)
            {
                // Left waiting, QEMU would take itself to be heard. It dials again.
                socket.Dispose();
                continue;
            }

            yield return Member(socket);
        }
    }

    private AcceptedMonitorSource Member(Socket socket)
    {
        if (endpoint is QmpEndpoint.Tcp) QmpEndpoint.KeepAlive(socket);
        var number = ++_accepted;
        var peer = PeerProcess.IdOf(socket) is { } pid ? $"pid-{pid}" : RemoteOf(socket) ?? $"peer-{number}";
        var naming = new MonitorNaming(vm, host, peer);
        return new(socket, $"{endpoint} {peer} #{number}", number, naming, context);
    }

    private static string? RemoteOf(Socket socket) => socket.RemoteEndPoint is IPEndPoint remote ? remote.ToString() : null;

    private async Task<Socket> ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Bind();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && endpoint is QmpEndpoint.Unix)
        {
            await RemoveStaleAsync(((QmpEndpoint.Unix)endpoint).Path, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen at {endpoint}: {e.Message}", e);
        }

        return Bind();
    }

    private Socket Bind()
    {
        var socket = endpoint.CreateSocket();
        try
        {
            socket.Bind(endpoint.Address);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Only a socket that refuses is stale: its process died without removing it.
    private static async Task RemoveStaleAsync(string path, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen at {path}: {(IsSocket(path) ? e.Message : "a file that is no socket lies there")}", e);
        }

        throw new IOException($"cannot listen at {path}: another process listens there");
    }

    private static bool IsSocket(string path) =>
        FileStatus.Of(path) is { } status && status.IsSocket;
}
