using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Qualm.Ingest.Qmp;

/// <summary>
/// Finds where a JSON value that begins with a bracket ends, by brackets and quotes alone. Can be stopped and taken up at
/// any byte: what it must remember is in the struct.
/// </summary>
internal struct JsonScan
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"\\{}[]"u8);

    private bool _escape;

    /// <summary>Open brackets.</summary>
    public int Depth { get; private set; }

    public int Deepest { get; private set; }

    public bool InString { get; private set; }

    /// <param name="bytes">The bytes after those of the last call.</param>
    /// <returns>Bytes up to and with the bracket that closes the value; -1 when it is not among them.</returns>
    public int Advance(ReadOnlySpan<byte> bytes)
    {
        var from = 0;
        if (_escape && bytes.Length > 0)
        {
            _escape = false;
            from = 1;
        }

        return Vector256.IsHardwareAccelerated ? AdvanceByBlocks(bytes, from) : AdvanceBySearch(bytes, from);
    }

    /// <summary>Takes it that the string that is open, if one is, was meant to end with the line, as JSON demands.</summary>
    /// <returns>Whether one was.</returns>
    public bool EndLine()
    {
        var open = InString;
        InString = false;
        _escape = false;
        return open;
    }

    private int AdvanceByBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at + Vector256<byte>.Count <= bytes.Length)
        {
            var hits = Hits(Vector256.Create(bytes.Slice(at, Vector256<byte>.Count)));
            var step = Vector256<byte>.Count;
            while (hits != 0)
            {
                var bit = BitOperations.TrailingZeroCount(hits);
                hits &= hits - 1;
                var b = bytes[at + bit];
                if (!InString)
                {
                    if (Structural(b)) return at + bit + 1;
                }
                else if (b == '"')
                {
                    InString = false;
                }
                else if (b == '\\')
                {
                    // The byte it covers is passed over, be it the first of the next block.
                    if (bit + 1 < Vector256<byte>.Count) hits &= ~(1u << (bit + 1));
                    else step++;
                }
            }

            at += step;
        }

        if (at <= bytes.Length) return AdvanceBySearch(bytes, at);
        _escape = true;
        return -1;
    }

    private static uint Hits(Vector256<byte> block)
    {
        var folded = block | Vector256.Create((byte)0x20);
        return (Vector256.Equals(block, Vector256.Create((byte)'"'))
            | Vector256.Equals(block, Vector256.Create((byte)'\\'))
            | Vector256.Equals(folded, Vector256.Create((byte)'{'))
            | Vector256.Equals(folded, Vector256.Create((byte)'}'))).ExtractMostSignificantBits();
    }

    private int AdvanceBySearch(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length)
        {
            var rest = bytes[at..];
            var skip = InString ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOfAny(Structure);
            if (skip < 0) return -1;
            at += skip;
            var b = bytes[at++];
            if (!InString)
            {
                if (Structural(b)) return at;
            }
            else if (b == '"')
            {
                InString = false;
            }
            else if (at++ == bytes.Length)
            {
                _escape = true;
            }
        }

        return -1;
    }

    private bool Structural(byte b)
    {
        switch (b)
        {
            case (byte)'"':
                InString = true;
                return false;
            case (byte)'{' or (byte)'[':
                Depth++;
                if (Depth > Deepest) Deepest = Depth;
                return false;
            case (byte)'}' or (byte)']':
                return --Depth <= 0;
            default:
                return false;
        }
    }
}
