using System.Net.Sockets;
using System.Text;

namespace Qualm.Engine.Tests.Serving;

/// <summary>systemd's end of the datagram socket.</summary>
internal sealed class NotifyListener : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="address">As in <c>NOTIFY_SOCKET</c>.</param>
    public NotifyListener(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address));
    }

    public string Address { get; }

    /// <summary>Whether something has come that was not read.</summary>
    public bool HasMore => _socket.Available > 0;

    public async Task<string> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return Encoding.UTF8.GetString(_buffer, 0, await _socket.ReceiveAsync(_buffer, patience.Token));
    }

    /// <summary>Reads until there is one that holds this.</summary>
    public async Task<string> UntilAsync(string part)
    {
        while (true)
        {
            if (await NextAsync() is var message && message.Contains(part, StringComparison.Ordinal)) return message;
        }
    }

    public void Dispose() => _socket.Dispose();
}
