using System.Net.Sockets;
using System.Text;

namespace Qualm.Engine.Serving.Systemd;

/// <summary>
/// The datagram socket on which systemd is told of a service's state, in the protocol of sd_notify(3): a path, or an
/// abstract address after <c>@</c>. Telling never fails loudly: whoever does not listen does not want to know.
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _to;

    private NotifySocket(Socket socket, UnixDomainSocketEndPoint to) => (_socket, _to) = (socket, to);

    /// <param name="address">Value of <c>NOTIFY_SOCKET</c>.</param>
    /// <returns>Null when there is none, or it is not of a kind that is known here.</returns>
    public static NotifySocket? Open(string? address)
    {
        if (address is not { Length: > 1 } || address[0] is not ('/' or '@')) return null;
        try
        {
            var to = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
            return new NotifySocket(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), to);
        }
        catch (Exception e) when (e is ArgumentException or SocketException)
        {
            return null;
        }
    }

    /// <param name="state">Assignments, one a line.</param>
    /// <returns>Whether it was sent.</returns>
    public bool Send(string state)
    {
        try
        {
            return _socket.SendTo(Encoding.UTF8.GetBytes(state), _to) > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
