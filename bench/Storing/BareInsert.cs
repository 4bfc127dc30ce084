using Npgsql;
using NpgsqlTypes;
using Qualm.Store.Schema;
using Qualm.Store.Writing;

namespace Qualm.Bench.Storing;

/// <summary>The limit of single events: a prepared insert of one row into a table like the store's, committed by itself.</summary>
internal sealed class BareInsert : IDisposable
{
    /// <summary>Apart from the positions of <see cref="RawCopy"/>.</summary>
    private const long FirstPosition = 1_000_000_000;

    private readonly NpgsqlCommand _command;
    private readonly NpgsqlParameter<long> _position = new();
    private readonly NpgsqlParameter<Guid> _id = new();
    private readonly NpgsqlParameter<string> _stream = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _data = new() { NpgsqlDbType = NpgsqlDbType.Jsonb };
    private readonly NpgsqlParameter<string> _type = new();
    private readonly NpgsqlParameter<DateTime> _recorded = new();
    private readonly NpgsqlParameter<string> _dotnet = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _headers = new() { NpgsqlDbType = NpgsqlDbType.Jsonb };
    private readonly ByteBuffer _json = new();
    private long _last = FirstPosition;

    public BareInsert(NpgsqlConnection connection, TableNames tables)
    {
        _command = new NpgsqlCommand(
            $"insert into {tables.Events} (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers, is_archived) values ($1, $2, $3, $1, $4, $5, $6, $7, $8, false)",
            connection);
        _command.Parameters.AddRange(new NpgsqlParameter[] { _position, _id, _stream, _data, _type, _recorded, _dotnet, _headers });
    }

    /// <summary>Inserts and commits.</summary>
    public void Run(in AppendRow row)
    {
        _json.Clear();
        HeadersJson.Write(_json, row.Headers);
        _position.TypedValue = ++_last;
        _id.TypedValue = row.Id;
        _stream.TypedValue = row.Stream;
        _data.TypedValue = row.Data.IsEmpty ? "{}"u8.ToArray() : row.Data;
        _type.TypedValue = row.Type;
        _recorded.TypedValue = PgTime.ToParameter(row.Recorded);
        _dotnet.TypedValue = DotnetTypes.Of(row.Type);
        _headers.TypedValue = _json.Written;
        if (!_command.IsPrepared) _command.Prepare();
        _command.ExecuteNonQuery();
    }

    public void Dispose() => _command.Dispose();
}
