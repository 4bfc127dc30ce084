using System.Buffers.Binary;
using System.Numerics;

namespace Qualm.Engine.Spooling;

/// <summary>What stands around each record in a segment: a mark to find the next one by behind damage, its length and a CRC-32C over length and record.</summary>
internal static class SpoolFrame
{
    /// <summary>Bytes before a record.</summary>
    public const int Overhead = 12;

    private const uint Mark = 0x4C50_5351;

    private static ReadOnlySpan<byte> MarkBytes => "QSPL"u8;

    /// <summary>Writes a frame and its record.</summary>
    public static void Write(ReadOnlySpan<byte> record, Stream to)
    {
        Span<byte> head = stackalloc byte[Overhead];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Sum(record));
        to.Write(head);
        to.Write(record);
    }

    /// <summary>Finds the record that begins at the front.</summary>
    /// <returns>False when no whole and sound one does.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> record)
    {
        record = default;
        if (bytes.Length < Overhead || !bytes.Span.StartsWith(MarkBytes)) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[4..]);
        if (length < 0 || length > bytes.Length - Overhead) return false;
        record = bytes.Slice(Overhead, length);
        return Sum(record.Span) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[8..]);
    }

    /// <summary>Whether any sound record lies behind the first byte: then what is unsound before it was not cut off by the end.</summary>
    public static bool HasRecordBehind(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 1; at < bytes.Length; at++)
        {
            var next = bytes.Span[at..].IndexOf(MarkBytes);
            if (next < 0) return false;
            at += next;
            if (TryRead(bytes[at..], out _)) return true;
        }

        return false;
    }

    /// <summary>CRC-32C (Castagnoli) over the length and the bytes.</summary>
    private static uint Sum(ReadOnlySpan<byte> record)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (uint)record.Length);
        for (; record.Length >= sizeof(ulong); record = record[sizeof(ulong)..]) sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(record));
        foreach (var b in record) sum = BitOperations.Crc32C(sum, b);
        return ~sum;
    }
}
