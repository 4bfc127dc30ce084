using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Qualm.Model;

namespace Qualm.Rules.Run;

/// <summary>
/// Parts of keys of different rules in one form, so that equal values have equal bytes wherever they come from: kind,
/// length, UTF-8. VMs and hosts are texts here, their ids.
/// </summary>
internal sealed class KeyBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly KeyBytes Comparer = new();

    /// <summary>Room that suffices for any key: an id takes more here than its number does there.</summary>
    public const int MaxLength = 16 * 1024;

    private KeyBytes()
    {
    }

    /// <returns>Bytes written; -1 when there is no room.</returns>
    public static int Write(KeyPart part, Span<byte> to) => Write(part.IsText ? KeyReading.TextPart : KeyReading.PlainPart, part.Value, to);

    /// <summary>Writes some parts of a whole key.</summary>
    public static int Write(ImmutableArray<KeyPart> key, ImmutableArray<int> parts, Span<byte> to)
    {
        var length = 0;
        foreach (var part in parts)
        {
            var written = Write(key[part], to[length..]);
            if (written < 0) return -1;
            length += written;
        }

        return length;
    }

    /// <summary>Writes some parts of a key as it was read.</summary>
    /// <param name="raw">Empty for a VM and nothing else.</param>
    public static int Write(ReadOnlySpan<byte> raw, VmState? vm, HostState? host, ImmutableArray<int> parts, Span<byte> to)
    {
        var length = 0;
        foreach (var part in parts)
        {
            var written = Write(raw, vm, host, part, to[length..]);
            if (written < 0) return -1;
            length += written;
        }

        return length;
    }

    private static int Write(ReadOnlySpan<byte> raw, VmState? vm, HostState? host, int part, Span<byte> to)
    {
        if (raw.IsEmpty) return Write(KeyReading.TextPart, vm!.Id, to);
        for (; part > 0; part--) raw = raw[(KeyReading.Header + BinaryPrimitives.ReadInt32LittleEndian(raw[1..]))..];
        switch (raw[0])
        {
            case KeyReading.VmPart: return Write(KeyReading.TextPart, vm!.Id, to);
            case KeyReading.HostPart: return Write(KeyReading.TextPart, (host ?? vm!.Host)!.Id, to);
            default:
                var length = KeyReading.Header + BinaryPrimitives.ReadInt32LittleEndian(raw[1..]);
                return raw[..length].TryCopyTo(to) ? length : -1;
        }
    }

    private static int Write(byte kind, string text, Span<byte> to)
    {
        if (to.Length < KeyReading.Header || !Encoding.UTF8.TryGetBytes(text, to[KeyReading.Header..], out var length)) return -1;
        to[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(to[1..], length);
        return KeyReading.Header + length;
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode((ReadOnlySpan<byte>)obj);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
