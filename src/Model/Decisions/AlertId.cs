using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Qualm.Model;

/// <summary>Identities of alerts and episodes: the first 128 bits of SHA-256, in hex, of their parts with lengths.</summary>
public static class AlertId
{
    /// <summary>One rule and key have one alert, for ever.</summary>
    public static string Of(string rule, ImmutableArray<KeyPart> key) => Text(Hash(rule, key, null));

    /// <param name="at">Event time at which the episode opened.</param>
    public static string Episode(string rule, ImmutableArray<KeyPart> key, Instant at) => Text(Hash(rule, key, at));

    /// <summary>The same as a number, the first byte the highest; allocates nothing.</summary>
    public static UInt128 EpisodeNumber(string rule, ImmutableArray<KeyPart> key, Instant at) => Hash(rule, key, at);

    private static string Text(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return Convert.ToHexStringLower(bytes);
    }

    private static UInt128 Hash(string rule, ImmutableArray<KeyPart> key, Instant? at)
    {
        var length = Most(rule) + MostNumber + 1;
        foreach (var part in key) length += Most(part.Name) + Most(part.Value) + 1;
        var bytes = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        var used = Append(bytes, 0, rule);
        foreach (var part in key)
        {
            used = Append(bytes, Append(bytes, used, part.Name), part.Value);
            bytes[used++] = (byte)(part.IsText ? 's' : 'v');
        }

        if (at is { } time)
        {
            bytes[used++] = (byte)'@';
            used = Append(bytes, used, time.Micros);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..used], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash[..Length]);
    }

    private const int Length = 16;
    private const int OnStack = 512;

    /// <summary>Digits of a number, with its sign.</summary>
    private const int MostNumber = 20;

    private static int Most(string part) => MostNumber + 1 + Encoding.UTF8.GetMaxByteCount(part.Length);

    // Its length in UTF-16, a colon, itself in UTF-8.
    private static int Append(Span<byte> bytes, int used, string part)
    {
        used = Append(bytes, used, part.Length);
        bytes[used++] = (byte)':';
        return used + Encoding.UTF8.GetBytes(part, bytes[used..]);
    }

    private static int Append(Span<byte> bytes, int used, long number)
    {
        number.TryFormat(bytes[used..], out var written, default, CultureInfo.InvariantCulture);
        return used + written;
    }
}
