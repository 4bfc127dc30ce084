using Npgsql;
using Qualm.Store.Chain;

namespace Qualm.Store.Writing;

/// <summary>Puts one turn into the database over one connection. Knows nothing of what to do when that fails.</summary>
internal sealed class TurnTransaction(TurnSql sql, int copyAbove)
{
    private readonly StreamVersions _versions = new();

    /// <summary>Forgets what it remembers of streams, because somebody else has appended or a turn has failed.</summary>
    internal void Forget() => _versions.Forget();

    /// <summary>Whether the turn goes through COPY, and may so be put into a transaction before the turn before it has ended.</summary>
    internal bool IsLarge(Turn turn) => turn.Count > copyAbove;

    /// <summary>A batch without a transaction around it is one by itself: one round trip.</summary>
    internal async Task WriteSmallAsync(WriterLane lane, long epoch, PendingTurn pending, StreamGroups groups, QueuePlace place)
    {
        place.Enter(_versions.Move(groups));
        if (OneRowCommand.Fits(pending))
        {
            pending.Next = await (await lane.PrepareOneRowAsync()).WriteAsync(epoch, pending);
            return;
        }

        await using var batch = new NpgsqlBatch(lane.Connection);
        batch.BatchCommands.Add(sql.Advance(epoch, pending));
        AddRest(batch, pending, pending.Turn.Count > 0 ? sql.Append(pending, groups, lane.Copy.Link.Begin()) : Link(pending, LinkRows.None));
        await ExecuteAsync(batch, pending);
    }

    /// <summary>Writes a large turn when no other is under way: with its streams locked first, nothing can come between.</summary>
    internal async Task WriteLargeAsync(WriterLane lane, long epoch, PendingTurn pending, StreamGroups groups, QueuePlace place)
    {
        await lane.BeginAsync();
        var versions = new long[groups.Names.Length];
        var created = await LockAsync(lane.Connection, pending.Turn, groups, versions);
        await CopyAsync(lane, pending, groups, versions);
        place.Enter(created);
        await using var batch = new NpgsqlBatch(lane.Connection) { BatchCommands = { TurnSql.Distrust() } };
        await EndAsync(lane, batch, epoch, pending);
    }

    /// <summary>
    /// Puts the rows of a large turn into a transaction while the one before it is being committed. Takes no lock that one could wait for:
    /// streams are moved at the end, where the versions guessed here are checked.
    /// </summary>
    /// <returns>By stream: the version before the turn. Streams that did not exist.</returns>
    internal async Task<(long[] Versions, IReadOnlySet<string> Created)> CopyAheadAsync(WriterLane lane, PendingTurn pending, StreamGroups groups)
    {
        await lane.BeginAsync();
        var versions = new long[groups.Names.Length];
        var created = await FindAsync(lane.Connection, pending.Turn, groups, versions);
        await CopyAsync(lane, pending, groups, versions);
        return (versions, created);
    }

    /// <summary>Ends what <see cref="CopyAheadAsync"/> began.</summary>
    internal async Task FinishAheadAsync(WriterLane lane, long epoch, PendingTurn pending, StreamGroups groups, long[] versions)
    {
        await using var batch = new NpgsqlBatch(lane.Connection);
        batch.BatchCommands.Add(TurnSql.Distrust());
        batch.BatchCommands.Add(sql.MoveStreams(groups, versions, At(pending.Turn)));
        await EndAsync(lane, batch, epoch, pending);
    }

    private async Task CopyAsync(WriterLane lane, PendingTurn pending, StreamGroups groups, long[] versions)
    {
        var turn = pending.Turn;
        await lane.Copy.WriteAsync(lane.Connection, turn.Rows, turn.RowPositions, groups, versions, CancellationToken.None);
        _versions.Move(groups, versions);
    }

    private async Task EndAsync(WriterLane lane, NpgsqlBatch batch, long epoch, PendingTurn pending)
    {
        batch.BatchCommands.Add(sql.Advance(epoch, pending));
        AddRest(batch, pending, Link(pending, lane.Copy.Link));
        WriterLane.AddCommit(batch);
        await ExecuteAsync(batch, pending);
        await lane.EndAsync();
    }

    private NpgsqlBatchCommand Link(PendingTurn pending, LinkRows rows) => sql.Link(LinkKinds.Turn, rows, pending.Fill, PgTime.ToParameter(pending.Turn.Clock));

    /// <summary>Adds whatever else the turn has, the link behind all that takes locks, and the drawing of numbers last: what fails after it would burn them unseen.</summary>
    private void AddRest(NpgsqlBatch batch, PendingTurn pending, NpgsqlBatchCommand link)
    {
        var (turn, commands) = (pending.Turn, batch.BatchCommands);
        if (turn.Rows.Exists(row => !row.Raw.IsEmpty)) commands.Add(sql.Raw(turn.Rows, turn.RowPositions));
        if (turn.Garbage.Count > 0) commands.Add(sql.Quarantine(turn.Garbage));
        if (turn.Outbox.Count > 0) commands.Add(sql.Outbox(turn.Outbox));
        if (turn.Sources.Count > 0) commands.Add(sql.Sources(turn.Sources));
        if (turn.Known.Count > 0) commands.Add(sql.Known([.. turn.Known]));
        if (turn.Inbox.Count > 0) commands.Add(sql.Inbox(turn.Inbox));
        commands.Add(link);
        if (turn.ReserveNext > 0) commands.Add(sql.Reserve(turn.ReserveNext));
    }

    private static async Task ExecuteAsync(NpgsqlBatch batch, PendingTurn pending)
    {
        if (pending.Turn.ReserveNext == 0)
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            return;
        }

        var next = new List<long>(pending.Turn.ReserveNext);
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        do
        {
            if (reader.FieldCount == 0) continue;
            next.Clear();
            while (await reader.ReadAsync(CancellationToken.None))
            {
                if (reader.GetFieldType(0) == typeof(long)) next.Add(reader.GetInt64(0));
            }
        }
        while (await reader.NextResultAsync(CancellationToken.None));
        pending.Next = [.. next];
    }

    private async Task<IReadOnlySet<string>> LockAsync(NpgsqlConnection connection, Turn turn, StreamGroups groups, long[] versions)
    {
        HashSet<string>? created = null;
        var index = new Dictionary<string, int>(groups.Names.Length, StringComparer.Ordinal);
        for (var i = 0; i < groups.Names.Length; i++) index[groups.Names[i]] = i;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { sql.LockStreams(groups, At(turn)), sql.Trust() } };
        await using var rows = await batch.ExecuteReaderAsync(CancellationToken.None);
        while (await rows.ReadAsync(CancellationToken.None))
        {
            var name = rows.GetString(0);
            var i = index[name];
            versions[i] = rows.GetInt64(1) - groups.Counts[i];
            if (versions[i] == 0) (created ??= new(StringComparer.Ordinal)).Add(name);
        }

        return created ?? QueuePlace.NoStreams;
    }

    private async Task<IReadOnlySet<string>> FindAsync(NpgsqlConnection connection, Turn turn, StreamGroups groups, long[] versions)
    {
        var unknown = _versions.Find(groups.Names, versions);
        if (unknown.Count == 0)
        {
            await using var begin = new NpgsqlBatch(connection) { BatchCommands = { TurnSql.Impatience(), sql.Trust() } };
            await begin.ExecuteNonQueryAsync(CancellationToken.None);
            return QueuePlace.NoStreams;
        }

        var names = unknown.ConvertAll(i => groups.Names[i]).ToArray();
        var index = new Dictionary<string, int>(unknown.Count, StringComparer.Ordinal);
        foreach (var i in unknown) index[groups.Names[i]] = i;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { TurnSql.Impatience(), sql.NewStreams(names, At(turn)), sql.Versions(names), sql.Trust() } };
        await using var rows = await batch.ExecuteReaderAsync(CancellationToken.None);
        while (await rows.ReadAsync(CancellationToken.None)) versions[index[rows.GetString(0)]] = rows.GetInt64(1);
        return index.Keys.ToHashSet(StringComparer.Ordinal);
    }

    private static DateTime At(Turn turn) => PgTime.ToParameter(turn.Rows[^1].Recorded);
}
