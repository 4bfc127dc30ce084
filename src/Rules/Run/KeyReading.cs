using System.Buffers.Binary;
using System.Text;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>The key of one event while it is looked up: its parts as bytes in a buffer that the caller lends.</summary>
internal ref struct KeyReading(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public VmState? Vm { get; set; }

    public HostState? Host { get; set; }

    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    /// <summary>What a part begins with: a VM or host by its number, or the kind of value that follows as text.</summary>
    public const byte VmPart = (byte)'v';
    public const byte HostPart = (byte)'h';
    public const byte TextPart = (byte)'s';
    public const byte PlainPart = (byte)'p';
    public const byte NumberPart = (byte)'n';

    /// <summary>Kind and length.</summary>
    public const int Header = 5;

    public bool AddVm(VmState? vm)
    {
        Vm = vm;
        return vm is not null && AddNumber(VmPart, vm.Index);
    }

    public bool AddHost(HostState? host)
    {
        Host = host;
        return host is not null && AddNumber(HostPart, host.Index);
    }

    /// <returns>False when the value is too long to be a key; it then is none.</returns>
    public bool AddText(byte kind, ReadOnlySpan<byte> utf8)
    {
        if (_length + Header + utf8.Length > _buffer.Length) return false;
        Head(kind, utf8.Length);
        utf8.CopyTo(_buffer[_length..]);
        _length += utf8.Length;
        return true;
    }

    public bool AddText(byte kind, ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (_length + Header + length > _buffer.Length) return false;
        Head(kind, length);
        _length += Encoding.UTF8.GetBytes(text, _buffer[_length..]);
        return true;
    }

    /// <summary>A part that is a number of our own.</summary>
    public bool AddNumber(long number)
    {
        if (_length + Header + sizeof(long) > _buffer.Length) return false;
        Head(NumberPart, sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[_length..], number);
        _length += sizeof(long);
        return true;
    }

    private bool AddNumber(byte kind, int number)
    {
        if (_length + Header + sizeof(int) > _buffer.Length) return false;
        Head(kind, sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[_length..], number);
        _length += sizeof(int);
        return true;
    }

    private void Head(byte kind, int length)
    {
        _buffer[_length] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[(_length + 1)..], length);
        _length += Header;
    }
}
