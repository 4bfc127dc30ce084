using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qualm.Model;

/// <summary>Takes up what a <see cref="StateWriter"/> wrote down. For one thread at a time.</summary>
/// <param name="pieces">In order, of any sizes; must not change while they are read.</param>
public sealed class StateReader(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
{
    private int _piece;
    private int _at;

    /// <summary>Bytes not read yet.</summary>
    public long Left { get; private set; } = pieces.Sum(piece => (long)piece.Length);

    public bool ReadBool() => ReadByte() != 0;

    public byte ReadByte()
    {
        byte value = 0;
        ReadRaw(MemoryMarshal.CreateSpan(ref value, 1));
        return value;
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        ReadRaw(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        ReadRaw(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    public Instant ReadInstant() => new(ReadInt64());

    /// <summary>Null where null was written.</summary>
    public string? ReadText()
    {
        var length = ReadInt32();
        if (length == -1) return null;
        CheckCount(length, sizeof(char));
        return string.Create(length, this, static (chars, reader) => reader.ReadRaw(MemoryMarshal.AsBytes(chars)));
    }

    /// <summary>Text that was not null.</summary>
    public string ReadSomeText() => ReadText() ?? throw new StateFormatException("text is missing");

    public byte[] ReadBytes() => ReadAll<byte>();

    /// <summary>As many as were written.</summary>
    public T[] ReadAll<T>()
        where T : unmanaged
    {
        var count = ReadCount(Unsafe.SizeOf<T>());
        var values = new T[count];
        ReadRaw(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>What <see cref="StateWriter.WriteOne"/> wrote.</summary>
    public T ReadOne<T>()
        where T : unmanaged
    {
        T value = default;
        ReadRaw(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>A count written as a 32-bit number, of things that take at least <paramref name="size"/> bytes each: damage must not ask for memory without end.</summary>
    public int ReadCount(int size = 1)
    {
        var count = ReadInt32();
        CheckCount(count, size);
        return count;
    }

    private void CheckCount(int count, int size)
    {
        if (count < 0 || (long)count * size > Left) throw new StateFormatException($"a count of {count} things of {size} bytes, with {Left} bytes left");
    }

    private void ReadRaw(Span<byte> bytes)
    {
        if (bytes.Length > Left) throw new StateFormatException($"{bytes.Length} bytes are asked for and {Left} are left");
        Left -= bytes.Length;
        while (!bytes.IsEmpty)
        {
            var piece = pieces[_piece].Span[_at..];
            var count = Math.Min(bytes.Length, piece.Length);
            piece[..count].CopyTo(bytes);
            bytes = bytes[count..];
            _at += count;
            if (_at < pieces[_piece].Length) continue;
            _piece++;
            _at = 0;
        }
    }
}
