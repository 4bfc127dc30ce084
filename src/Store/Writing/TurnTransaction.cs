using System.Collections.Concurrent;
using Npgsql;
using Qualm.Store.Chain;

namespace Qualm.Store.Writing;

/// <summary>Puts one turn into the database over one connection. Knows nothing of what to do when that fails.</summary>
internal sealed class TurnTransaction(TurnSql sql, int copyAbove)
{
    /// <summary>Smaller turns are written so quickly that going ahead, which takes a round trip of its own, does not pay.</summary>
    private const int AheadFrom = 16;

    private readonly StreamVersions _versions = new();

    // One is on its way while the next is made.
    private readonly ConcurrentBag<OneRowDraft> _drafts = [];

    /// <summary>Forgets what it remembers of streams, because somebody else has appended or a turn has failed.</summary>
    internal void Forget() => _versions.Forget();

    /// <summary>Whether the turn goes through COPY.</summary>
    internal bool IsLarge(Turn turn) => turn.Count > copyAbove;

    /// <summary>Makes what can be made of a turn before its time has come.</summary>
    internal void Prepare(PendingTurn pending)
    {
        if (OneRowCommand.Fits(pending)) pending.Draft = Draft(pending);
    }

    /// <summary>Takes back what <see cref="Prepare"/> has made.</summary>
    internal void Release(PendingTurn pending)
    {
        if (pending.Draft is { } draft) _drafts.Add(draft);
        pending.Draft = null;
    }

    /// <summary>Whether it pays to put the turn into a transaction before the turn before it has ended.</summary>
    internal bool GoesAhead(Turn turn) => turn.Count >= AheadFrom || IsLarge(turn);

    /// <summary>A batch without a transaction around it is one by itself: one round trip.</summary>
    internal async Task WriteSmallAsync(WriterLane lane, long epoch, PendingTurn pending, StreamGroups groups, QueuePlace place)
    {
        place.Enter(_versions.Move(groups));
        if (OneRowCommand.Fits(pending))
        {
            pending.Next = await (await lane.PrepareOneRowAsync()).WriteAsync(epoch, pending, pending.Draft ??= Draft(pending));
            return;
        }

        if (FewRowsCommand.Fits(pending))
        {
            pending.Give(await (await lane.PrepareFewRowsAsync()).WriteAsync(epoch, pending, groups));
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
        await EndAsync(lane, batch, epoch, pending, groups, versions: null);
    }

    /// <summary>
    /// Puts the rows of a turn into a transaction while the one before it is being committed. Takes no lock that one could wait for:
    /// streams are moved at the end, where the versions guessed here are checked.
    /// </summary>
    /// <returns>By stream: the version before the turn. Streams that did not exist.</returns>
    internal async Task<(long[] Versions, IReadOnlySet<string> Created)> CopyAheadAsync(WriterLane lane, PendingTurn pending, StreamGroups groups)
    {
        await lane.BeginAsync();
        var versions = new long[groups.Names.Length];
        if (IsLarge(pending.Turn))
        {
            var created = await FindAsync(lane.Connection, pending.Turn, groups, versions, sql.Trust());
            await CopyAsync(lane, pending, groups, versions);
            return (versions, created);
        }

        return (versions, await InsertAsync(lane, pending.Turn, groups, versions));
    }

    /// <summary>Ends what <see cref="CopyAheadAsync"/> began.</summary>
    internal async Task FinishAheadAsync(WriterLane lane, long epoch, PendingTurn pending, StreamGroups groups, long[] versions)
    {
        await using var batch = new NpgsqlBatch(lane.Connection);
        if (IsLarge(pending.Turn)) batch.BatchCommands.Add(TurnSql.Distrust());
        await EndAsync(lane, batch, epoch, pending, groups, versions);
    }

    private async Task<IReadOnlySet<string>> InsertAsync(WriterLane lane, Turn turn, StreamGroups groups, long[] versions)
    {
        var created = QueuePlace.NoStreams;
        await using var batch = new NpgsqlBatch(lane.Connection);
        if (_versions.Find(groups.Names, versions).Count > 0) created = await FindAsync(lane.Connection, turn, groups, versions, null);
        else batch.BatchCommands.Add(TurnSql.Impatience());
        batch.BatchCommands.Add(sql.Insert(turn, groups, versions, lane.Copy.Link.Begin()));
        await batch.ExecuteNonQueryAsync(CancellationToken.None);
        _versions.Move(groups, versions);
        return created;
    }

    private OneRowDraft Draft(PendingTurn pending) =>
        (_drafts.TryTake(out var draft) ? draft : new OneRowDraft()).Make(pending.Turn.Rows[0], pending.Turn.RowPositions[0]);

    private async Task CopyAsync(WriterLane lane, PendingTurn pending, StreamGroups groups, long[] versions)
    {
        var turn = pending.Turn;
        await lane.Copy.WriteAsync(lane.Connection, turn.Rows, turn.RowPositions, groups, versions, CancellationToken.None);
        _versions.Move(groups, versions);
    }

    private async Task EndAsync(WriterLane lane, NpgsqlBatch batch, long epoch, PendingTurn pending, StreamGroups groups, long[]? versions)
    {
        AddRest(batch, pending, sql.Finish(epoch, pending, groups, versions, lane.Copy.Link));
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

    private async Task<IReadOnlySet<string>> FindAsync(NpgsqlConnection connection, Turn turn, StreamGroups groups, long[] versions, NpgsqlBatchCommand? trust)
    {
        var unknown = _versions.Find(groups.Names, versions);
        if (unknown.Count == 0)
        {
            await using var begin = new NpgsqlBatch(connection) { BatchCommands = { TurnSql.Impatience() } };
            if (trust is not null) begin.BatchCommands.Add(trust);
            await begin.ExecuteNonQueryAsync(CancellationToken.None);
            return QueuePlace.NoStreams;
        }

        var names = unknown.ConvertAll(i => groups.Names[i]).ToArray();
        var index = new Dictionary<string, int>(unknown.Count, StringComparer.Ordinal);
        foreach (var i in unknown) index[groups.Names[i]] = i;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { TurnSql.Impatience(), sql.NewStreams(names, At(turn)), sql.Versions(names) } };
        if (trust is not null) batch.BatchCommands.Add(trust);
        await using var rows = await batch.ExecuteReaderAsync(CancellationToken.None);
        while (await rows.ReadAsync(CancellationToken.None)) versions[index[rows.GetString(0)]] = rows.GetInt64(1);
        return index.Keys.ToHashSet(StringComparer.Ordinal);
    }

    private static DateTime At(Turn turn) => PgTime.ToParameter(turn.Rows[^1].Recorded);
}
