using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Qualm.Ingest.Sources;

/// <summary>
/// Deterministic identities of events: RFC 9562 version 8 over SHA-256 of length-prefixed parts, the first of which
/// names the kind, so that no two kinds of source ever agree.
/// </summary>
public static class EventIds
{
    /// <summary>Identity of what a monitor's connection yields.</summary>
    /// <param name="engineEpoch">Which run of the engine; never used twice for one store.</param>
    /// <param name="connection">Which connection of that run; never used twice in it.</param>
    /// <param name="n">Place among the items of the connection, from 1.</param>
    public static Guid OfConnection(string incarnation, long engineEpoch, long connection, long n) =>
        Hash("qmp", incarnation, engineEpoch, connection, n, []);

    /// <summary>Identity of a line in a growing file.</summary>
    /// <param name="start">Where the line begins.</param>
    /// <param name="line">The line without its end; sets apart what a file truncated and refilled holds at one offset.</param>
    public static Guid OfTailed(TailPosition start, ReadOnlySpan<byte> line) =>
        Hash("tail", "", start.Device, start.Inode, start.Offset, line);

    /// <summary>Identity of an event in an imported file, wherever the file lies.</summary>
    /// <param name="occurrence">Which of the byte-equal events of that VM in the file, from 1.</param>
    public static Guid OfImported(string vm, ReadOnlySpan<byte> content, long occurrence) =>
        Hash("file", vm, occurrence, 0, 0, content);

    /// <summary>Identity of what the engine itself records.</summary>
    /// <param name="kind">A word for what it is.</param>
    /// <param name="text">Sets it apart from all others of its kind.</param>
    public static Guid OfText(string kind, string text) => Hash("engine:" + kind, text, 0, 0, 0, []);

    /// <summary>Identity of something quarantined.</summary>
    /// <param name="place">Sets apart equal bytes of one source: line and column, offset, or connection and ordinal.</param>
    public static Guid OfGarbage(string source, long place, long subplace, ReadOnlySpan<byte> bytes) =>
        Hash("garbage", source, place, subplace, 0, bytes);

    private static Guid Hash(string kind, string text, long a, long b, long c, ReadOnlySpan<byte> content)
    {
        var most = (4 * 3) + Encoding.UTF8.GetMaxByteCount(kind.Length + text.Length) + (3 * sizeof(long)) + content.Length;
        var rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        var buffer = rented ?? stackalloc byte[512];
        var used = Write(buffer, kind);
        used += Write(buffer[used..], text);
        foreach (var number in (ReadOnlySpan<long>)[a, b, c])
        {
            BinaryPrimitives.WriteInt64LittleEndian(buffer[used..], number);
            used += sizeof(long);
        }

        BinaryPrimitives.WriteInt32LittleEndian(buffer[used..], content.Length);
        content.CopyTo(buffer[(used + 4)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..(used + 4 + content.Length)], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);

        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static int Write(Span<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, buffer[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        return length + 4;
    }
}
