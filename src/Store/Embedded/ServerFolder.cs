using System.Security.Cryptography;
using System.Text;

namespace Qualm.Store.Embedded;

/// <summary>Where things are in a data folder.</summary>
/// <param name="Root">Full path.</param>
internal sealed record ServerFolder(string Root)
{
    /// <summary>Bytes in the path of a unix socket, by the kernel's definition less the closing zero.</summary>
    private const int MaxSocketPath = 107;

    /// <summary>The cluster.</summary>
    internal string Data { get; } = Path.Combine(Root, "pg");

    /// <summary>Where the cluster is made, before it is whole.</summary>
    internal string Unfinished { get; } = Path.Combine(Root, "pg.new");

    internal string Log { get; } = Path.Combine(Root, "log");

    /// <summary>Held shared by everybody who uses the server.</summary>
    internal string Lease { get; } = Path.Combine(Root, "lease");

    /// <summary>Held by whoever starts or stops the server.</summary>
    internal string Gate { get; } = Path.Combine(Root, "gate");

    internal string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>Names the socket's folder when it is not inside the data folder.</summary>
    internal string SocketNote { get; } = Path.Combine(Root, "socket-folder");

    /// <summary>The folder of the socket: <c>run</c> inside, or a short one elsewhere when the path would be too long for the kernel.</summary>
    internal string Socket { get; } = SocketFolder(Root);

    internal bool IsSocketElsewhere => !Socket.StartsWith(Root, StringComparison.Ordinal);

    private static string SocketFolder(string root)
    {
        var inside = Path.Combine(root, "run");
        if (Encoding.UTF8.GetByteCount(Path.Combine(inside, $".s.PGSQL.{EmbeddedPostgres.Port}.lock")) <= MaxSocketPath) return inside;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)).AsSpan(0, 8));
        return $"/tmp/qualm-{hash}";
    }
}
