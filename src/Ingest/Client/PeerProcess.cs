using System.Buffers.Binary;
using System.Net.Sockets;

namespace Qualm.Ingest.Client;

/// <summary>Who is at the other end of a unix socket, by Linux's SO_PEERCRED.</summary>
internal static class PeerProcess
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <returns>Null for other sockets, other systems, and peers in another pid namespace.</returns>
    public static int? IdOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily != AddressFamily.Unix) return null;
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            var length = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
            var pid = length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(credentials) : 0;
            return pid > 0 ? pid : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
