using Npgsql;
using NpgsqlTypes;
using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>The statements of a turn, each filled in for one turn.</summary>
internal sealed class TurnSql(TableNames tables)
{
    /// <summary>What Marten calls the only tenant.</summary>
    internal const string Tenant = "*DEFAULT*";

    private readonly ByteBuffer _headers = new();

    private readonly string _append = $"""
        with moved as (
            insert into {tables.Streams} as s (id, version, timestamp, created)
            select v.id, v.added, $3, $3 from unnest($1::text[], $2::bigint[]) as v(id, added) order by v.id
            on conflict (id) do update set version = coalesce(s.version, 0) + excluded.version, timestamp = excluded.timestamp
            returning s.id, s.version),
        added as (insert into {tables.Events}
            (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        select i.seq_id, i.id, i.stream, m.version - i.back, i.data::jsonb, i.type, i.at, '{Tenant}', i.dotnet, i.correlation, i.causation, i.headers::jsonb, false
        from unnest($4::bigint[], $5::uuid[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[])
            as i(seq_id, id, stream, back, data, type, at, dotnet, correlation, causation, headers)
        join moved m on m.id = i.stream
        returning seq_id, version)
        select {tables.Own("link")}('{LinkKinds.Turn}', $15, $16, $17, (select string_agg(int8send(version), ''::bytea order by seq_id) from added), $18, $19)
        """;

    private readonly string _insert = $"""
        insert into {tables.Events}
            (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        select i.seq_id, i.id, i.stream, i.version, i.data::jsonb, i.type, i.at, '{Tenant}', i.dotnet, i.correlation, i.causation, i.headers::jsonb, false
        from unnest($1::bigint[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[])
            as i(seq_id, id, stream, version, data, type, at, dotnet, correlation, causation, headers)
        """;

    private readonly string _outbox = $"""
        insert into {tables.Own("outbox")} (receiver, alert_id, episode, transition, payload, created, next_attempt)
        select receiver, alert_id, episode, transition, payload::json, created, created
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) with ordinality
            as o(receiver, alert_id, episode, transition, payload, created, n)
        order by n
        """;

    private readonly string _trust = $"""
        select set_config('session_replication_role', 'replica', true) where has_parameter_privilege('session_replication_role', 'set')
        and current_setting('session_replication_role') = 'origin'
        and not exists (select from pg_trigger where tgrelid = '{tables.Events}'::regclass and not tgisinternal)
        """;

    /// <summary>One round trip's worth of rows, without COPY, and their link; versions are found under the streams' row locks.</summary>
    internal NpgsqlBatchCommand Append(PendingTurn pending, StreamGroups groups, LinkRows link)
    {
        var turn = pending.Turn;
        var rows = RowColumns.Of(turn.Rows, turn.RowPositions, groups, versions: null, link, _headers);
        return Command(
            _append,
            Of(groups.Names), Of(groups.Counts), Of(rows.Recorded[^1]), Of(turn.RowPositions.ToArray()), Of(rows.Ids), Of(StreamsOf(groups)), Of(groups.FromEnd()), Of(rows.Data),
            Of(rows.Types), Of(rows.Recorded), Of(rows.Dotnet), Of(rows.Correlation), Of(rows.Causation), Of(rows.Headers),
            Blob(link.Runs), Blob(link.Prints), Blob(link.Digest), Of(pending.Fill), Of(PgTime.ToParameter(turn.Clock)));
    }

    /// <summary>Rows at versions that are checked later.</summary>
    /// <param name="versions">By stream: the version before the turn.</param>
    internal NpgsqlBatchCommand Insert(Turn turn, StreamGroups groups, long[] versions, LinkRows link)
    {
        var rows = RowColumns.Of(turn.Rows, turn.RowPositions, groups, versions, link, _headers);
        var at = new long[turn.Count];
        for (var i = 0; i < at.Length; i++) at[i] = versions[groups.Group[i]] + groups.Ordinal[i];
        return Command(
            _insert,
            Of(turn.RowPositions.ToArray()), Of(rows.Ids), Of(StreamsOf(groups)), Of(at), Of(rows.Data), Of(rows.Types), Of(rows.Recorded),
            Of(rows.Dotnet), Of(rows.Correlation), Of(rows.Causation), Of(rows.Headers));
    }

    /// <summary>The end of a turn whose rows are there: its streams, unless they are moved already, the progress, the tombstones and the link.</summary>
    /// <param name="versions">By stream: the version at which it must still be; null when that is seen to.</param>
    internal NpgsqlBatchCommand Finish(long epoch, PendingTurn pending, StreamGroups groups, long[]? versions, LinkRows link) => Command(
        $"select {tables.Own("finish")}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        Of(epoch), Of(pending.Number), Of(pending.Position), Of(pending.Turn.Clock.Micros), Of(pending.Turn.Digest.ToArray()),
        Of(versions is null ? [] : groups.Names), Of(versions ?? []), Of(versions is null ? [] : groups.Counts), Of(PgTime.ToParameter(pending.Turn.Rows[^1].Recorded)),
        Blob(link.Runs), Blob(link.Prints), Blob(link.Digest), Of(pending.Fill), Of(PgTime.ToParameter(pending.Turn.Clock)));

    /// <summary>Adds a link to the chain, and before it tombstones. Whatever takes locks comes before it in a transaction.</summary>
    /// <param name="kind">See <see cref="LinkKinds"/>.</param>
    /// <param name="rows">Their versions were known when they were encoded.</param>
    /// <param name="fill">Numbers to fill with tombstones.</param>
    /// <param name="at">Recorded time of the tombstones.</param>
    internal NpgsqlBatchCommand Link(string kind, LinkRows rows, long[] fill, DateTime at) => Command(
        $"select {tables.Own("link")}('{kind}', $1, $2, $3, null, $4, $5)", Blob(rows.Runs), Blob(rows.Prints), Blob(rows.Digest), Of(fill), Of(at));

    /// <summary>Gives streams and their versions with the new events counted in, and keeps others from appending until the end.</summary>
    internal NpgsqlBatchCommand LockStreams(StreamGroups groups, DateTime at) => Command(
        $"""
        insert into {tables.Streams} as s (id, version, timestamp, created)
        select v.id, v.added, $3, $3 from unnest($1::text[], $2::bigint[]) as v(id, added) order by v.id
        on conflict (id) do update set version = coalesce(s.version, 0) + excluded.version, timestamp = excluded.timestamp
        returning s.id, s.version
        """,
        Of(groups.Names), Of(groups.Counts), Of(at));

    /// <summary>
    /// Has PostgreSQL leave out the foreign key's check of every single row of the COPY that follows, where we may say so and no trigger of somebody
    /// else is left out with it. It is half of what a COPY costs, and needless: every turn locks each of its streams itself, at the version it expects.
    /// </summary>
    internal NpgsqlBatchCommand Trust() => new(_trust);

    /// <summary>Ends what <see cref="Trust"/> began; the end of the transaction would too.</summary>
    internal static NpgsqlBatchCommand Distrust() => new("select set_config('session_replication_role', 'origin', true) where current_setting('session_replication_role') = 'replica'");

    /// <summary>
    /// Has the transaction give up rather than keep others waiting for long: well before PostgreSQL looks for deadlocks, of which it would make an
    /// innocent application the victim.
    /// </summary>
    internal static NpgsqlBatchCommand Impatience() => new("set local lock_timeout = '100ms'");

    internal NpgsqlBatchCommand NewStreams(string[] names, DateTime at) => Command(
        $"insert into {tables.Streams} (id, version, timestamp, created) select id, 0, $2, $2 from unnest($1::text[]) id order by id on conflict (id) do nothing",
        Of(names), Of(at));

    /// <summary>Gives streams and versions; a stream that does not exist is left out.</summary>
    internal NpgsqlBatchCommand Versions(string[] names) =>
        Command($"select id, coalesce(version, 0) from {tables.Streams} where id = any($1)", Of(names));

    internal NpgsqlBatchCommand Advance(long epoch, PendingTurn pending) => Command(
        $"select {tables.Own("advance")}($1, $2, $3, $4, $5)",
        Of(epoch), Of(pending.Number), Of(pending.Position), Of(pending.Turn.Clock.Micros), Of(pending.Turn.Digest.ToArray()));

    internal NpgsqlBatchCommand Reserve(int count) =>
        Command($"select nextval('{tables.Sequence}') from generate_series(1, $1)", Of(count));

    internal NpgsqlBatchCommand Raw(IReadOnlyList<AppendRow> rows, IReadOnlyList<long> positions)
    {
        var (at, raw) = (new List<long>(), new List<ReadOnlyMemory<byte>>());
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Raw.IsEmpty) continue;
            at.Add(positions[i]);
            raw.Add(rows[i].Raw);
        }

        return Command($"insert into {tables.Own("raw")} (position, raw) select * from unnest($1::bigint[], $2::bytea[])", Of(at.ToArray()), Blobs([.. raw]));
    }

    internal NpgsqlBatchCommand Outbox(List<OutboxEntry> entries) => Command(
        _outbox,
        Of(Each(entries, e => StoredText.Clean(e.Receiver))), Of(Each(entries, e => StoredText.Clean(e.AlertId))),
        Of(Each(entries, e => StoredText.Clean(e.Episode))), Of(Each(entries, e => StoredText.Clean(e.Transition))),
        Of(Each(entries, e => e.Payload)), Of(Each(entries, e => PgTime.ToParameter(e.Created))));

    internal NpgsqlBatchCommand Quarantine(List<(Quarantined Item, Instant Recorded)> items) => Command(
        $"""
        insert into {tables.Own("quarantine")} (id, source, line, "column", reason, bytes, recorded)
        select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::timestamptz[]) on conflict (id) do nothing
        """,
        Of(Each(items, q => q.Item.Id)), Of(Each(items, q => StoredText.Clean(q.Item.Source))), Of(Each(items, q => q.Item.Line)),
        Of(Each(items, q => q.Item.Column)), Of(Each(items, q => StoredText.Clean(q.Item.Reason))), Blobs(Each(items, q => q.Item.Bytes)),
        Of(Each(items, q => PgTime.ToParameter(q.Recorded))));

    internal NpgsqlBatchCommand Sources(Dictionary<string, ReadOnlyMemory<byte>> sources)
    {
        var names = sources.Keys.Order(StringComparer.Ordinal).ToArray();
        return Command(
            $"""
            insert into {tables.Own("source")} (name, token) select * from unnest($1::text[], $2::bytea[])
            on conflict (name) do update set token = excluded.token, updated = now()
            """,
            Of(Array.ConvertAll(names, StoredText.Clean)), Blobs(Array.ConvertAll(names, name => sources[name])));
    }

    internal NpgsqlBatchCommand Known(Guid[] ids)
    {
        Array.Sort(ids);
        return Command($"insert into {tables.Own("known")} (id) select * from unnest($1::uuid[]) on conflict (id) do nothing returning id", Of(ids));
    }

    internal NpgsqlBatchCommand Inbox(List<long> ids) => Command($"delete from {tables.Own("inbox")} where id = any($1)", Of(ids.ToArray()));

    internal static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    internal static NpgsqlParameter Blob(ReadOnlyMemory<byte> bytes) => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea };

    internal static NpgsqlParameter Of(ReadOnlyMemory<byte>[] utf8) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = utf8, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    internal static NpgsqlParameter Blobs(ReadOnlyMemory<byte>[] bytes) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    internal static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    internal static ReadOnlyMemory<byte> EmptyObject { get; } = "{}"u8.ToArray();

    private static string[] StreamsOf(StreamGroups groups) => Array.ConvertAll(groups.Group, group => groups.Names[group]);

    internal static TTo[] Each<TFrom, TTo>(List<TFrom> list, Converter<TFrom, TTo> convert)
    {
        var all = new TTo[list.Count];
        for (var i = 0; i < all.Length; i++) all[i] = convert(list[i]);
        return all;
    }
}
