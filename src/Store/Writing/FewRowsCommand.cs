using Npgsql;
using NpgsqlTypes;
using Qualm.Store.Chain;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Writes a turn of a few events and messages: one prepared call of one function. It draws the positions that the turn lacks.</summary>
internal sealed class FewRowsCommand : IAsyncDisposable
{
    /// <summary>Most events, and most messages, of such a turn: it costs a statement each.</summary>
    private const int Most = 8;

    private readonly LinkRows _link = new();
    private readonly ByteBuffer _headers = new();
    private readonly NpgsqlParameter<long> _epoch = new(), _turn = new(), _position = new(), _clock = new();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>> _digest = Blob(), _runs = Blob(), _prints = Blob(), _rows = Blob();
    private readonly NpgsqlParameter<string[]> _names = new(), _types = new(), _dotnet = new(), _receivers = new(), _alerts = new(), _episodes = new(), _transitions = new();
    private readonly NpgsqlParameter<string?[]> _correlation = new(), _causation = new();
    private readonly NpgsqlParameter<long[]> _counts = new(), _positions = new(), _back = new();
    private readonly NpgsqlParameter<Guid[]> _ids = new();
    private readonly NpgsqlParameter<int[]> _places = new();
    private readonly NpgsqlParameter<DateTime[]> _recorded = Times(), _decided = Times();
    private readonly NpgsqlParameter<ReadOnlyMemory<byte>[]> _data = Texts(), _about = Texts(), _payloads = Texts();
    private readonly NpgsqlCommand _command;

    private FewRowsCommand(NpgsqlConnection connection, TableNames tables)
    {
        NpgsqlParameter[] all =
        [
            _epoch, _turn, _position, _clock, _digest, _names, _counts, _positions, _ids, _places, _back, _data, _types, _recorded, _dotnet, _correlation, _causation, _about,
            _receivers, _alerts, _episodes, _transitions, _payloads, _decided, _runs, _prints, _rows,
        ];
        var marks = string.Join(", ", Enumerable.Range(1, all.Length).Select(i => $"${i}"));
        _command = new NpgsqlCommand($"select {tables.Own("few")}({marks})", connection);
        _command.Parameters.AddRange(all);
    }

    internal static async Task<FewRowsCommand> PrepareAsync(NpgsqlConnection connection, TableNames tables)
    {
        var command = new FewRowsCommand(connection, tables);
        await command._command.PrepareAsync(CancellationToken.None);
        return command;
    }

    /// <summary>Whether a turn is of the kind this writes.</summary>
    internal static bool Fits(PendingTurn pending)
    {
        var turn = pending.Turn;
        return turn.Count is > 0 and <= Most && turn.Outbox.Count <= Most && turn.ReserveNext == 0 && pending.IsPlain;
    }

    /// <returns>Positions of the rows that had none, in their order.</returns>
    internal async Task<long[]> WriteAsync(long epoch, PendingTurn pending, StreamGroups groups)
    {
        var turn = pending.Turn;
        var rows = RowColumns.Of(turn.Rows, turn.Lacking > 0 ? null : turn.RowPositions, groups, versions: null, _link.Begin(), _headers);
        (_epoch.TypedValue, _turn.TypedValue, _position.TypedValue, _clock.TypedValue, _digest.TypedValue) =
            (epoch, pending.Number, pending.Position, turn.Clock.Micros, turn.Digest);
        (_names.TypedValue, _counts.TypedValue, _places.TypedValue, _back.TypedValue) = (groups.Names, groups.Counts, groups.Group, groups.FromEnd());
        (_positions.TypedValue, _ids.TypedValue, _data.TypedValue, _types.TypedValue) = ([.. turn.RowPositions], rows.Ids, rows.Data, rows.Types);
        (_recorded.TypedValue, _dotnet.TypedValue, _about.TypedValue) = (rows.Recorded, rows.Dotnet, rows.Headers);
        (_correlation.TypedValue, _causation.TypedValue) = (rows.Correlation, rows.Causation);
        Fill(turn.Outbox);
        (_runs.TypedValue, _prints.TypedValue, _rows.TypedValue) = (turn.Lacking > 0 ? RunsOf(turn.RowPositions) : _link.Runs, _link.Prints, _link.Digest);
        return await _command.ExecuteScalarAsync(CancellationToken.None) as long[] ?? [];
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Fill(List<OutboxEntry> outbox)
    {
        _receivers.TypedValue = TurnSql.Each(outbox, e => StoredText.Clean(e.Receiver));
        _alerts.TypedValue = TurnSql.Each(outbox, e => StoredText.Clean(e.AlertId));
        _episodes.TypedValue = TurnSql.Each(outbox, e => StoredText.Clean(e.Episode));
        _transitions.TypedValue = TurnSql.Each(outbox, e => StoredText.Clean(e.Transition));
        _payloads.TypedValue = TurnSql.Each(outbox, e => e.Payload);
        _decided.TypedValue = TurnSql.Each(outbox, e => PgTime.ToParameter(e.Created));
    }

    // Each position is a run; those that are given out follow.
    private static ReadOnlyMemory<byte> RunsOf(List<long> positions)
    {
        var runs = new ByteBuffer(positions.Count * 16);
        foreach (var position in positions)
        {
            runs.Int64(position);
            runs.Int64(1);
        }

        return runs.Written;
    }

    private static NpgsqlParameter<ReadOnlyMemory<byte>> Blob() => new() { NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter<DateTime[]> Times() => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<ReadOnlyMemory<byte>[]> Texts() => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
