using System.Buffers.Binary;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Decodes rows of events from PostgreSQL's binary COPY format.</summary>
internal sealed class LogDecoder
{
    /// <summary>What <see cref="TryDecode"/> expects, in this order.</summary>
    internal const string Columns = "seq_id, id, stream_id, version, type, data, timestamp, headers";

    private const int ColumnCount = 8;

    private readonly Utf8Texts _streams = new();
    private readonly Utf8Texts _types = new(bits: 10);
    private readonly HeadersReader _headers = new();

    /// <summary>Length of the file header at the start of the bytes; null when it is not all there.</summary>
    /// <exception cref="InvalidDataException">It is no COPY.</exception>
    internal static int? HeaderLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 19) return null;
        if (!bytes.StartsWith("PGCOPY\n"u8)) throw new InvalidDataException("PostgreSQL did not send a binary COPY");
        var length = 19 + BinaryPrimitives.ReadInt32BigEndian(bytes[15..]);
        return bytes.Length < length ? null : length;
    }

    /// <summary>Reads the row at the start of <paramref name="bytes"/>.</summary>
    /// <param name="used">Length of the row; 0 at the end of the data.</param>
    /// <returns>False when the row is not all there.</returns>
    /// <exception cref="InvalidDataException">The row has other columns.</exception>
    internal bool TryDecode(ReadOnlyMemory<byte> bytes, out LogRow row, out int used)
    {
        row = default;
        used = 0;
        var span = bytes.Span;
        if (span.Length < 2) return false;
        var count = BinaryPrimitives.ReadInt16BigEndian(span);
        if (count == -1) return true;
        if (count != ColumnCount) throw new InvalidDataException($"a row of the log has {count} columns, not {ColumnCount}");
        Span<int> starts = stackalloc int[ColumnCount];
        Span<int> lengths = stackalloc int[ColumnCount];
        var at = 2;
        for (var i = 0; i < ColumnCount; i++)
        {
            if (span.Length - at < 4) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(span[at..]);
            at += 4;
            starts[i] = at;
            lengths[i] = Math.Max(0, length);
            at += lengths[i];
            if (at > span.Length) return false;
        }

        used = at;
        row = new LogRow
        {
            Position = new Position(BinaryPrimitives.ReadInt64BigEndian(span[starts[0]..])),
            Id = new Guid(span.Slice(starts[1], 16), bigEndian: true),
            Stream = _streams.Of(span.Slice(starts[2], lengths[2])),
            Version = BinaryPrimitives.ReadInt64BigEndian(span[starts[3]..]),
            Type = _types.Of(span.Slice(starts[4], lengths[4])),
            Data = bytes.Slice(starts[5] + 1, lengths[5] - 1),
            Recorded = PgTime.FromWire(BinaryPrimitives.ReadInt64BigEndian(span[starts[6]..])),
            Headers = lengths[7] == 0 ? default : _headers.Read(span.Slice(starts[7] + 1, lengths[7] - 1)),
        };
        return true;
    }
}
