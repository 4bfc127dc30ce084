using System.Buffers.Binary;
using System.Text;

namespace Qualm.Store.Reading;

/// <summary>Gives the same string for the same UTF-8 bytes, as long as it remembers. Bounded: each bucket keeps the last text it saw.</summary>
internal sealed class Utf8Texts(int bits = 16)
{
    private readonly (byte[] Utf8, string Text)[] _buckets = new (byte[], string)[1 << bits];

    internal string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        ref var bucket = ref _buckets[Hash(utf8) >> (64 - bits)];
        if (bucket.Utf8 is { } known && utf8.SequenceEqual(known)) return bucket.Text;
        bucket = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        return bucket.Text;
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong factor = 0x9E3779B97F4A7C15;
        var hash = (ulong)bytes.Length * factor;
        while (bytes.Length >= 8)
        {
            hash = (System.Numerics.BitOperations.RotateLeft(hash, 23) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * factor;
            bytes = bytes[8..];
        }

        foreach (var b in bytes) hash = (System.Numerics.BitOperations.RotateLeft(hash, 23) ^ b) * factor;
        return (hash ^ (hash >> 29)) * factor;
    }
}
