using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Qualm.Store.Writing;

/// <summary>A growing run of bytes that is filled front to back and reused.</summary>
internal sealed class ByteBuffer(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    internal ReadOnlySpan<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    internal void Clear() => Length = 0;

    internal void Truncate(int length) => Length = length;

    internal void Byte(byte value) => Grab(1)[0] = value;

    internal void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Grab(value.Length));

    internal void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Grab(2), value);

    internal void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Grab(4), value);

    internal void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Grab(8), value);

    /// <summary>In PostgreSQL's order of bytes.</summary>
    internal void Uuid(Guid value) => value.TryWriteBytes(Grab(16), bigEndian: true, out _);

    internal void Text(string value)
    {
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        Length += Encoding.UTF8.GetBytes(value, room);
    }

    /// <summary>In decimal digits.</summary>
    internal void Digits(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        Length += written;
    }

    /// <summary>Overwrites four bytes written earlier.</summary>
    internal void PatchInt32(int at, int value) => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(at, 4), value);

    /// <summary>The written bytes, which the caller owns.</summary>
    internal ReadOnlyMemory<byte> Copy(int start) => From(start).ToArray();

    /// <summary>Lets go of a buffer that one huge turn has blown up.</summary>
    internal void Shrink(int limit)
    {
        Length = 0;
        if (_bytes.Length > limit) _bytes = new byte[limit];
    }

    private Span<byte> Grab(int count)
    {
        var room = Reserve(count)[..count];
        Length += count;
        return room;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, checked(Length + count)));
        return _bytes.AsSpan(Length);
    }
}
