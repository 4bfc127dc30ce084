using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qualm.Engine.Spooling;

/// <summary>Takes one record apart. What it gives away refers to the record's bytes, which must not change.</summary>
/// <remarks>Everything that goes beyond the record's end is an <see cref="InvalidDataException"/>.</remarks>
internal sealed class SpoolReader(ReadOnlyMemory<byte> record)
{
    private int _at;

    public byte ReadByte() => Take(1).Span[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public long? ReadMaybe() => ReadByte() == 0 ? null : ReadInt64();

    public Guid ReadGuid() => new(Take(16).Span);

    /// <summary>Null where null was written.</summary>
    public string? ReadText()
    {
        var length = ReadInt32();
        return length == -1 ? null : new string(MemoryMarshal.Cast<byte, char>(Take(checked((long)length * sizeof(char))).Span));
    }

    public string ReadSomeText() => ReadText() ?? throw new InvalidDataException("a record lacks a text");

    public ReadOnlyMemory<byte> ReadBytes() => Take(ReadInt32());

    /// <summary>A count of things that take a byte each at least.</summary>
    public int ReadCount()
    {
        var count = ReadInt32();
        return count >= 0 && count <= record.Length - _at ? count : throw new InvalidDataException($"a record claims to hold {count} things");
    }

    private ReadOnlyMemory<byte> Take(long count)
    {
        if (count < 0 || count > record.Length - _at) throw new InvalidDataException("a record ends too early");
        var taken = record.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
