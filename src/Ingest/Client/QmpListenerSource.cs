using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Client;

/// <summary>
/// A socket that QEMU dials (<c>-chardev socket,…,server=off,reconnect-ms=1000</c>). Every connection is a monitor, which ends
/// when QEMU leaves; one that dials again is a new one.
/// </summary>
public sealed class QmpListenerSource(QmpEndpoint endpoint, MonitorContext context, string? vm = null, string? host = null) : IEventSourceGroup
{
    private const int Backlog = 512;

    /// <summary>Bytes of a unix socket's path, but for the end.</summary>
    private const int LongestPath = 107;

    private long _accepted;

    public string Name { get; } = "listen:" + endpoint;

    /// <exception cref="IOException">Somebody else listens there, or the path is no socket.</exception>
    public async IAsyncEnumerable<IEventSource> MembersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var listener = await ListenAsync(cancellationToken);
        var path = endpoint is QmpEndpoint.Unix unix ? unix.Path : null;
        var ours = path is null ? null : FileStatus.Of(path);
        try
        {
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
        finally
        {
            if (path is not null) Remove(path, ours);
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
        if (endpoint is QmpEndpoint.Unix unix && FileStatus.Of(unix.Path) is not null) await CheckStaleAsync(unix.Path, cancellationToken);
        try
        {
            return endpoint is QmpEndpoint.Unix { Path: var path } ? BindUnder(path) : Bind(endpoint.Address);
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen at {endpoint}: {e.Message}", e);
        }
    }

    // Under another name, and moved into place: a socket that closes removes the name it was bound to, and that of one whose place
    // we take, when it wakes, would be ours.
    private Socket BindUnder(string path)
    {
        var other = path + "~";
        if (Encoding.UTF8.GetByteCount(other) > LongestPath)
        {
            File.Delete(path);
            return Bind(endpoint.Address);
        }

        File.Delete(other);
        var socket = Bind(new UnixDomainSocketEndPoint(other));
        try
        {
            File.Move(other, path, overwrite: true);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Bind(EndPoint address)
    {
        var socket = endpoint.CreateSocket();
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A socket that refuses is stale: its process died without removing it. So is that of an engine whose place is ours.
    private async Task CheckStaleAsync(string path, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen at {path}: {(IsSocket(path) ? e.Message : "a file that is no socket lies there")}", e);
        }

        if (PeerProcess.IdOf(probe) is { } holder && context.IsDeposed(holder)) return;
        throw new IOException($"cannot listen at {path}: another process listens there");
    }

    // Unless it is somebody else's by now.
    private static void Remove(string path, FileStatus? ours)
    {
        if (ours is not { } own || FileStatus.Of(path) is not { } there || !there.IsSame(own)) return;
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever listens there next finds it stale.
        }
    }

    private static bool IsSocket(string path) =>
        FileStatus.Of(path) is { } status && status.IsSocket;
}
