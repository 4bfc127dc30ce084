using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>Puts one turn into the database over one connection. Knows nothing of what to do when that fails.</summary>
internal sealed class TurnTransaction(TableNames tables, TurnSql sql, int copyAbove)
{
    /// <summary>Streams whose last version is remembered; beyond it all are forgotten.</summary>
    private const int MaxVersions = 200_000;

    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly EventCopy _copy = new(tables);

    /// <summary>Forgets what it remembers of streams, because somebody else has appended.</summary>
    internal void Forget() => _versions.Clear();

    internal async Task WriteAsync(NpgsqlConnection connection, long epoch, PendingTurn pending)
    {
        var turn = pending.Turn;
        var groups = StreamGroups.Of(turn.Rows);
        if (turn.Count > copyAbove) await CopyAsync(connection, epoch, pending, groups);
        else await AtOnceAsync(connection, epoch, pending, groups);
    }

    /// <summary>A batch without a transaction around it is one by itself: one round trip.</summary>
    private async Task AtOnceAsync(NpgsqlConnection connection, long epoch, PendingTurn pending, StreamGroups groups)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(sql.Advance(epoch, pending));
        if (pending.Turn.Count > 0) batch.BatchCommands.Add(sql.Append(pending.Turn, groups));
        await FinishAsync(batch, pending);
        foreach (var name in groups.Names) _versions.Remove(name);
    }

    private async Task CopyAsync(NpgsqlConnection connection, long epoch, PendingTurn pending, StreamGroups groups)
    {
        var turn = pending.Turn;
        var at = PgTime.ToParameter(turn.Rows[^1].Recorded);
        await using var transaction = await connection.BeginTransactionAsync();
        var versions = await FindVersionsAsync(connection, groups, at);
        await _copy.WriteAsync(connection, turn.Rows, turn.RowPositions, groups, versions, CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(sql.MoveStreams(groups, versions, at));
        batch.BatchCommands.Add(sql.Advance(epoch, pending));
        await FinishAsync(batch, pending);
        await transaction.CommitAsync();
        if (_versions.Count > MaxVersions) _versions.Clear();
        for (var i = 0; i < versions.Length; i++) _versions[groups.Names[i]] = versions[i] + groups.Counts[i];
    }

    /// <summary>Adds whatever else the turn has, the drawing of numbers last: what fails after it would burn them unseen.</summary>
    private async Task FinishAsync(NpgsqlBatch batch, PendingTurn pending)
    {
        var (turn, commands) = (pending.Turn, batch.BatchCommands);
        if (turn.Rows.Exists(row => !row.Raw.IsEmpty)) commands.Add(sql.Raw(turn.Rows, turn.RowPositions));
        if (turn.Garbage.Count > 0) commands.Add(sql.Quarantine(turn.Garbage));
        if (turn.Outbox.Count > 0) commands.Add(sql.Outbox(turn.Outbox));
        if (turn.Sources.Count > 0) commands.Add(sql.Sources(turn.Sources));
        if (turn.Known.Count > 0) commands.Add(sql.Known([.. turn.Known]));
        if (turn.Inbox.Count > 0) commands.Add(sql.Inbox(turn.Inbox));
        if (pending.Fill.Length > 0) commands.Add(sql.Tombstones(pending.Fill));
        if (turn.ReserveNext == 0)
        {
            await batch.ExecuteNonQueryAsync();
            return;
        }

        commands.Add(sql.Reserve(turn.ReserveNext));
        var next = new List<long>(turn.ReserveNext);
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            next.Clear();
            while (await reader.ReadAsync())
            {
                if (reader.GetFieldType(0) == typeof(long)) next.Add(reader.GetInt64(0));
            }
        }
        while (await reader.NextResultAsync());
        pending.Next = [.. next];
    }

    private async Task<long[]> FindVersionsAsync(NpgsqlConnection connection, StreamGroups groups, DateTime at)
    {
        var unknown = Array.FindAll(groups.Names, name => !_versions.ContainsKey(name));
        if (unknown.Length > 0)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(sql.NewStreams(unknown, at));
            batch.BatchCommands.Add(sql.Versions(unknown));
            await using var rows = await batch.ExecuteReaderAsync();
            while (await rows.ReadAsync()) _versions[rows.GetString(0)] = rows.GetInt64(1);
        }

        return Array.ConvertAll(groups.Names, name => _versions[name]);
    }
}
