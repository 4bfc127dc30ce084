using System.IO.Compression;
using Qualm.Model;

namespace Qualm.Store.Snapshots;

/// <summary>A piece as it is stored: compressed by itself, so that pieces are packed and unpacked one by one, and by several threads.</summary>
internal static class PackedPiece
{
    /// <summary>A piece that says it is longer is damaged.</summary>
    private const int Longest = 64 << 20;

    internal static byte[] Pack(ReadOnlyMemory<byte> piece)
    {
        using var packed = new MemoryStream(piece.Length / 2);
        packed.Write(BitConverter.GetBytes(piece.Length));
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(piece.Span);
        return packed.ToArray();
    }

    /// <exception cref="StateFormatException">It is damaged.</exception>
    internal static ReadOnlyMemory<byte> Unpack(byte[] packed)
    {
        if (packed.Length < sizeof(int) || BitConverter.ToInt32(packed) is < 0 or > Longest) throw new StateFormatException("a piece has no length");
        var piece = new byte[BitConverter.ToInt32(packed)];
        try
        {
            using var inflate = new ZLibStream(new MemoryStream(packed, sizeof(int), packed.Length - sizeof(int)), CompressionMode.Decompress);
            inflate.ReadExactly(piece);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException)
        {
            throw new StateFormatException($"a piece cannot be unpacked: {damage.Message}");
        }

        return piece;
    }
}
