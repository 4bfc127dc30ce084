using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qualm.Model;

/// <summary>
/// Writes state down as bytes, to be taken up again by a <see cref="StateReader"/> that asks for the same things in the same order. The same
/// state makes the same bytes. Numbers are little-endian. For one thread at a time.
/// </summary>
public sealed class StateWriter
{
    /// <summary>Size of a piece, in bytes, but for the last one.</summary>
    public const int PieceSize = 1 << 20;

    // What is short costs little.
    private const int FirstSize = 1 << 12;

    private readonly List<byte[]> _full = [];
    private byte[] _open = new byte[FirstSize];
    private int _used;

    /// <summary>Bytes written.</summary>
    public long Length => ((long)_full.Count * PieceSize) + _used;

    /// <summary>What was written, in order, as pieces of <see cref="PieceSize"/>; valid until the next write.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Pieces => [.. _full.Select(piece => (ReadOnlyMemory<byte>)piece), _open.AsMemory(0, _used)];

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(byte value)
    {
        if (_used == _open.Length) Turn();
        _open[_used++] = value;
    }

    public void Write(int value)
    {
        if (BinaryPrimitives.TryWriteInt32LittleEndian(_open.AsSpan(_used), value))
        {
            _used += sizeof(int);
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    public void Write(long value)
    {
        if (BinaryPrimitives.TryWriteInt64LittleEndian(_open.AsSpan(_used), value))
        {
            _used += sizeof(long);
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    public void Write(Instant value) => Write(value.Micros);

    /// <summary>Text, as UTF-16 so that lone surrogates survive; null is told from empty.</summary>
    public void Write(string? value)
    {
        Write(value?.Length ?? -1);
        if (value is not null) WriteRaw(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    /// <summary>Bytes with their count.</summary>
    public void Write(ReadOnlySpan<byte> value) => WriteAll(value);

    /// <summary>Numbers, or structures of numbers, with their count.</summary>
    /// <typeparam name="T">Without references and without padding: padding would make unequal bytes of equal state.</typeparam>
    public void WriteAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Write(values.Length);
        WriteRaw(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Numbers that belong together, without a count.</summary>
    /// <typeparam name="T">As of <see cref="WriteAll"/>.</typeparam>
    public void WriteOne<T>(in T value)
        where T : unmanaged => WriteRaw(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _open.Length) Turn();
            var count = Math.Min(bytes.Length, _open.Length - _used);
            bytes[..count].CopyTo(_open.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    private void Turn()
    {
        if (_used < PieceSize)
        {
            Array.Resize(ref _open, _used * 2);
            return;
        }

        _full.Add(_open);
        (_open, _used) = (GC.AllocateUninitializedArray<byte>(PieceSize), 0);
    }
}
