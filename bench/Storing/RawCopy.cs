using Npgsql;
using Qualm.Store.Schema;
using Qualm.Store.Writing;

namespace Qualm.Bench.Storing;

/// <summary>The limit of appending batches: rows encoded beforehand, sent in one raw binary COPY into tables like the store's, and nothing else.</summary>
internal sealed class RawCopy(NpgsqlConnection connection, TableNames tables)
{
    private const short Columns = 10;

    private readonly string _sql =
        $"copy {tables.Events} (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers, is_archived) from stdin (format binary)";

    private readonly ByteBuffer _buffer = new();
    private readonly Queue<ReadOnlyMemory<byte>> _batches = new();
    private long _position;

    /// <summary>Encodes a batch to be sent later.</summary>
    public void Encode(IReadOnlyList<AppendRow> rows)
    {
        _buffer.Clear();
        _buffer.Bytes([(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', 0x0A, 0xFF, 0x0D, 0x0A, 0]);
        _buffer.Int32(0);
        _buffer.Int32(0);
        foreach (var row in rows) Row(row, ++_position);
        _buffer.Int16(-1);
        _batches.Enqueue(_buffer.Copy(0));
    }

    /// <summary>Sends all batches, each in a transaction of its own.</summary>
    public async Task RunAsync()
    {
        while (_batches.TryDequeue(out var batch))
        {
            await using var stream = await connection.BeginRawBinaryCopyAsync(_sql);
            await stream.WriteAsync(batch);
        }
    }

    private void Row(in AppendRow row, long position)
    {
        _buffer.Int16(Columns);
        _buffer.Int32(8);
        _buffer.Int64(position);
        _buffer.Int32(16);
        _buffer.Uuid(row.Id);
        Text(row.Stream);
        _buffer.Int32(8);
        _buffer.Int64(position);
        Json(row.Data.IsEmpty ? "{}"u8 : row.Data.Span);
        Text(row.Type);
        _buffer.Int32(8);
        _buffer.Int64(PgTime.ToWire(row.Recorded));
        Text(DotnetTypes.Of(row.Type));
        var headers = new ByteBuffer();
        HeadersJson.Write(headers, row.Headers);
        Json(headers.Written.Span);
        _buffer.Int32(1);
        _buffer.Byte(0);
    }

    private void Json(ReadOnlySpan<byte> json)
    {
        _buffer.Int32(json.Length + 1);
        _buffer.Byte(1);
        _buffer.Bytes(json);
    }

    private void Text(string text)
    {
        var start = _buffer.Length;
        _buffer.Int32(0);
        _buffer.Text(text);
        _buffer.PatchInt32(start, _buffer.Length - start - 4);
    }
}
