using Npgsql;
using Qualm.Store.Chain;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Writes rows of events in PostgreSQL's binary COPY format.</summary>
internal sealed class EventCopy(TableNames tables)
{
    private const short Columns = 13;

    /// <summary>Sent when this much has gathered, in bytes.</summary>
    private const int Chunk = 128 * 1024;

    /// <summary>What the chain is told of the rows written last.</summary>
    internal LinkRows Link { get; } = new();

    private readonly ByteBuffer _buffer = new(Chunk + (32 * 1024));

    private readonly string _sql =
        $"copy {tables.Events} (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived) from stdin (format binary)";

    /// <param name="positions">By row.</param>
    /// <param name="versions">By stream: the version before the first row.</param>
    internal async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<AppendRow> rows, IReadOnlyList<long> positions, StreamGroups groups, long[] versions, CancellationToken cancellationToken)
    {
        Link.Begin();
        _buffer.Clear();
        _buffer.Bytes([(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', 0x0A, 0xFF, 0x0D, 0x0A, 0]);
        _buffer.Int32(0);
        _buffer.Int32(0);
        var stream = await connection.BeginRawBinaryCopyAsync(_sql, cancellationToken);
        try
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var group = groups.Group[i];
                Row(rows[i], positions[i], groups.Names[group], versions[group] + groups.Ordinal[i]);
                Link.Add(rows[i], positions[i], groups.Names[group], versions[group] + groups.Ordinal[i]);
                if (_buffer.Length < Chunk) continue;
                await stream.WriteAsync(_buffer.Written, cancellationToken);
                _buffer.Shrink(Chunk * 2);
            }

            _buffer.Int16(-1);
            await stream.WriteAsync(_buffer.Written, cancellationToken);
        }
        catch
        {
            await CancelAsync(stream);
            throw;
        }

        Link.End();
        await stream.DisposeAsync();
    }

    private static async Task CancelAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync();
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The fault that led here says more.
        }
    }

    private void Row(in AppendRow row, long position, string stream, long version)
    {
        _buffer.Int16(Columns);
        _buffer.Int32(8);
        _buffer.Int64(position);
        _buffer.Int32(16);
        _buffer.Uuid(row.Id);
        Text(stream);
        _buffer.Int32(8);
        _buffer.Int64(version);
        Json(row.Data.Span);
        Text(StoredText.Type(row.Type));
        _buffer.Int32(8);
        _buffer.Int64(PgTime.ToWire(row.Recorded));
        Text(TurnSql.Tenant);
        Text(row.DotnetType ?? DotnetTypes.Of(row.Type));
        Text(row.CorrelationId);
        Text(row.CausationId);
        var length = Length();
        _buffer.Byte(1);
        HeadersJson.Write(_buffer, row.Headers with { HasRaw = !row.Raw.IsEmpty });
        Patch(length);
        _buffer.Int32(1);
        _buffer.Byte(0);
    }

    /// <summary>jsonb travels as a version byte and the text.</summary>
    private void Json(ReadOnlySpan<byte> json)
    {
        var length = Length();
        _buffer.Byte(1);
        _buffer.Bytes(json.IsEmpty ? "{}"u8 : json);
        Patch(length);
    }

    private void Text(string? text)
    {
        if (text is null)
        {
            _buffer.Int32(-1);
            return;
        }

        var length = Length();
        _buffer.Text(StoredText.Clean(text));
        Patch(length);
    }

    private int Length()
    {
        _buffer.Int32(0);
        return _buffer.Length;
    }

    private void Patch(int start) => _buffer.PatchInt32(start - 4, _buffer.Length - start);
}
