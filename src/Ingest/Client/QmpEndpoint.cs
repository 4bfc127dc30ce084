using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Qualm.Ingest.Client;

/// <summary>Where a monitor is reached.</summary>
public abstract record QmpEndpoint
{
    private QmpEndpoint() { }

    /// <param name="Path">Absolute path of a unix socket.</param>
    public sealed record Unix(string Path) : QmpEndpoint
    {
        public override string ToString() => "unix:" + Path;
    }

    /// <param name="Host">A name or an address, without brackets.</param>
    public sealed record Tcp(string Host, int Port) : QmpEndpoint
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"tcp:{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
    }

    /// <summary>Reads <c>/path</c>, <c>unix:/path</c>, <c>host:port</c>, <c>tcp:host:port</c> or <c>[address]:port</c>.</summary>
    /// <exception cref="FormatException">It is none of these; the message says what was found.</exception>
    public static QmpEndpoint Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal)) text = text[5..];
        else if (text.StartsWith("tcp:", StringComparison.Ordinal)) return ParseTcp(text[4..]);
        return text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal)
            ? new Unix(Path.GetFullPath(text))
            : ParseTcp(text);
    }

    internal EndPoint Address => this switch
    {
        Unix unix => new UnixDomainSocketEndPoint(unix.Path),
        Tcp { Host: var host, Port: var port } => IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, port)
            : new DnsEndPoint(host, port),
        _ => throw new InvalidOperationException("no such endpoint"),
    };

    internal Socket CreateSocket()
    {
        if (this is Unix) return new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // A monitor is silent for days: without probes a dead host would never be noticed.
        var socket = Address is IPEndPoint ip
            ? new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        KeepAlive(socket);
        return socket;
    }

    internal static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    private static Tcp ParseTcp(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536)
        {
            var host = text[..colon];
            if (host is ['[', .., ']']) return new(host[1..^1], port);
            if (!host.Contains(':') && !host.Contains('/')) return new(host, port);
        }

        throw new FormatException($"'{text}' is no endpoint: give /path/to/socket or host:port");
    }
}
