using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Qualm.Store.Snapshots;

/// <summary>SHA-256 over the head and the pieces as they are stored, in order.</summary>
internal sealed class SnapshotChecksum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal SnapshotChecksum(SnapshotHead head)
    {
        Add(head.Turn);
        Add(head.Position.Value);
        Add(head.Clock.Micros);
        Add(head.Digest.Span);
        Add(head.About.Span);
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
    }

    internal byte[] End() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }
}
