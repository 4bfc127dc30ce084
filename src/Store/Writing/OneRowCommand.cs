using Npgsql;
using NpgsqlTypes;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Writes a turn that is one event and nothing else: one prepared call of one function, nothing made anew.</summary>
internal sealed class OneRowCommand : IAsyncDisposable
{
    private readonly NpgsqlParameter<long> _epoch = new(), _turn = new(), _position = new(), _clock = new(), _number = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _digest = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<Guid> _id = new();
    private readonly NpgsqlParameter<DateTime> _at = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<string> _stream = new(), _type = new(), _dotnet = new();
    private readonly NpgsqlParameter<string?> _correlation = new() { NpgsqlDbType = NpgsqlDbType.Text }, _causation = new() { NpgsqlDbType = NpgsqlDbType.Text };
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _data = new() { NpgsqlDbType = NpgsqlDbType.Jsonb }, _headers = new() { NpgsqlDbType = NpgsqlDbType.Jsonb };
    private readonly NpgsqlParameter<int> _next = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _runs = Blob(), _prints = Blob(), _rows = Blob();
    private readonly NpgsqlCommand _command;

    private OneRowCommand(NpgsqlConnection connection, TableNames tables)
    {
        _command = new NpgsqlCommand($"select {tables.Own("turn")}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)", connection);
        NpgsqlParameter[] all =
            [_epoch, _turn, _position, _clock, _digest, _number, _id, _stream, _data, _type, _at, _dotnet, _correlation, _causation, _headers, _next, _runs, _prints, _rows];
        _command.Parameters.AddRange(all);
    }

    internal static async Task<OneRowCommand> PrepareAsync(NpgsqlConnection connection, TableNames tables)
    {
        var command = new OneRowCommand(connection, tables);
        await command._command.PrepareAsync(CancellationToken.None);
        return command;
    }

    /// <summary>Whether a turn is of the kind this writes.</summary>
    internal static bool Fits(PendingTurn pending)
    {
        var turn = pending.Turn;
        return turn.Count == 1 && turn.Lacking == 0 && turn.Outbox.Count == 0 && pending.IsPlain;
    }

    /// <returns>Numbers for the next turn, as many as it asked for.</returns>
    internal async Task<long[]> WriteAsync(long epoch, PendingTurn pending, OneRowDraft draft)
    {
        var turn = pending.Turn;
        Fill(turn.Rows[0]);
        (_headers.TypedValue, _runs.TypedValue, _prints.TypedValue, _rows.TypedValue) = (draft.Headers, draft.Runs, draft.Prints, draft.Digest);
        _epoch.TypedValue = epoch;
        _turn.TypedValue = pending.Number;
        _position.TypedValue = pending.Position;
        _clock.TypedValue = turn.Clock.Micros;
        _digest.TypedValue = turn.Digest;
        _number.TypedValue = turn.RowPositions[0];
        _next.TypedValue = turn.ReserveNext;
        return await _command.ExecuteScalarAsync(CancellationToken.None) as long[] ?? [];
    }

    private static NpgsqlParameter<ReadOnlyMemory<byte>> Blob() => new() { NpgsqlDbType = NpgsqlDbType.Bytea };

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Fill(in AppendRow row)
    {
        _id.TypedValue = row.Id;
        _stream.TypedValue = StoredText.Stream(row.Stream);
        _data.TypedValue = row.Data.IsEmpty ? TurnSql.EmptyObject : row.Data;
        _type.TypedValue = StoredText.Type(row.Type);
        _at.TypedValue = PgTime.ToParameter(row.Recorded);
        _dotnet.TypedValue = StoredText.Clean(row.DotnetType ?? DotnetTypes.Of(row.Type));
        _correlation.TypedValue = row.CorrelationId is { } c ? StoredText.Clean(c) : null;
        _causation.TypedValue = row.CausationId is { } a ? StoredText.Clean(a) : null;
    }
}
