using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Qualm.Engine.Spooling;

/// <summary>The bytes of one record while it is made. Numbers are little-endian, texts UTF-16 so that lone surrogates survive.</summary>
internal sealed class SpoolWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Write(byte value) => _bytes.Write([value]);

    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Write(long? value)
    {
        Write((byte)(value is null ? 0 : 1));
        if (value is { } some) Write(some);
    }

    public void Write(Guid value)
    {
        value.TryWriteBytes(_bytes.GetSpan(16));
        _bytes.Advance(16);
    }

    public void Write(string? value)
    {
        Write(value?.Length ?? -1);
        if (value is not null) _bytes.Write(MemoryMarshal.AsBytes(value.AsSpan()));
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Write(value.Length);
        _bytes.Write(value);
    }
}
