using System.Security.Cryptography;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>SHA-256 over everything that a row of the log says, whether it is about to be sent or was read. Reused; one thread at a time.</summary>
/// <remarks>Fixed-length columns first, then every other with its length, -1 for null. JSON as <see cref="CanonicalJson"/>. The bytes as received count to the row.</remarks>
internal sealed class RowPrint
{
    /// <summary>Bytes of it that are kept for every row.</summary>
    internal const int Length = 8;

    /// <summary>What stands in place of a version, or a position, that the database gave out.</summary>
    internal const long GivenOut = 0;

    private readonly ByteBuffer _row = new();
    private readonly CanonicalJson _json = new();
    private IncrementalHash? _sha;

    /// <param name="recorded">As PostgreSQL holds it: microseconds since 2000.</param>
    /// <param name="archived">Null where the column is.</param>
    internal void Begin(long position, ReadOnlySpan<byte> id, long version, long recorded, bool? archived)
    {
        _row.Clear();
        _row.Int64(position);
        _row.Bytes(id);
        _row.Int64(version);
        _row.Int64(recorded);
        _row.Byte(archived switch { false => 0, true => 1, null => 2 });
    }

    internal void Null() => _row.Int32(-1);

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        _row.Int32(value.Length);
        _row.Bytes(value);
    }

    internal void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        var length = OpenLength();
        _row.Text(value);
        CloseLength(length);
    }

    internal void Json(ReadOnlySpan<byte> value)
    {
        var length = OpenLength();
        _json.Write(value, _row);
        CloseLength(length);
    }

    /// <param name="digest">Gets 32 bytes.</param>
    internal void End(Span<byte> digest)
    {
        // One object used again: a call of HashData would make a context of OpenSSL for every row, which costs as much as the hashing.
        (_sha ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(_row.Written.Span);
        _sha.GetHashAndReset(digest);
        if (_row.Length > 256 * 1024) _row.Shrink(64 * 1024);
    }

    private int OpenLength()
    {
        _row.Int32(0);
        return _row.Length;
    }

    private void CloseLength(int start) => _row.PatchInt32(start - 4, _row.Length - start);
}
