using System.Globalization;
using System.Runtime.CompilerServices;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Reading;

/// <summary>Reads events from the log. One enumeration at a time.</summary>
public sealed class LogReader(StoreHost host)
{
    /// <summary>Positions in one statement: a slow consumer must not keep the server from cleaning up for long.</summary>
    private const long Page = 200_000;

    private readonly LogDecoder _decoder = new();
    private readonly LogBatch[] _batches = [new(), new(), new()];

    /// <summary>Reads events in the order of the log.</summary>
    /// <remarks>To go on later after the last position read, read no further than <see cref="FindSafeEndAsync"/>.</remarks>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async IAsyncEnumerable<LogBatch> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = query.UpTo is { } upTo ? upTo.Value : (await FindEndAsync(cancellationToken)).Value;
        for (var after = query.After.Value; after < end; after = Math.Min(end, after + Page))
        {
            var sql = string.Create(
                CultureInfo.InvariantCulture,
                $"select {LogDecoder.Columns} from {host.Tables.Events} where seq_id > {after} and seq_id <= {Math.Min(end, after + Page)} order by seq_id");
            await foreach (var batch in CopyAsync(sql, query, cancellationToken)) yield return batch;
        }
    }

    /// <summary>Reads the events of one stream in the order of their versions.</summary>
    /// <param name="fromVersion">The first one wanted, from 1.</param>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public IAsyncEnumerable<LogBatch> ReadStreamAsync(string stream, long fromVersion, LogQuery query, CancellationToken cancellationToken)
    {
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"select {LogDecoder.Columns} from {host.Tables.Events} where stream_id = {Literal(StoredText.Stream(stream))} and version >= {fromVersion} and {Within(query)} order by version");
        return CopyAsync(sql, query, cancellationToken);
    }

    /// <summary>Reads the events of one type in one stream, in the order of their versions; the server leaves out the rest.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public IAsyncEnumerable<LogBatch> ReadTypeAsync(string stream, string type, LogQuery query, CancellationToken cancellationToken)
    {
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"select {LogDecoder.Columns} from {host.Tables.Events} where stream_id = {Literal(StoredText.Stream(stream))} and type = {Literal(type)} and {Within(query)} order by version");
        return CopyAsync(sql, query, cancellationToken);
    }

    /// <summary>Reads what was imported in the order of its time line: by recorded time, then position.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public IAsyncEnumerable<LogBatch> ReadImportsAsync(LogQuery query, CancellationToken cancellationToken) => CopyAsync(
        $"select {LogDecoder.Columns} from {host.Tables.Events} where headers->>'qualm' = 'import' and {Within(query)} order by timestamp, seq_id",
        query with { Kinds = LogKinds.Import },
        cancellationToken);

    /// <summary>The highest position there is now; <see cref="Position.None"/> in an empty log.</summary>
    public async Task<Position> FindEndAsync(CancellationToken cancellationToken) =>
        new(await host.ScalarAsync<long>($"select coalesce(max(seq_id), 0) from {host.Tables.Events}", "reading the log", cancellationToken));

    /// <summary>
    /// The highest position below which nothing can still appear: waits for nobody, and stays where it is while others' appends are under way.
    /// </summary>
    /// <param name="after">Known to be safe; never gives less.</param>
    public async Task<Position> FindSafeEndAsync(Position after, CancellationToken cancellationToken)
    {
        // The end comes first: who draws a number after it has a higher one, and who drew before it is seen by the second statement
        // or has committed and is below the end that the caller then reads to.
        var drawn = await host.ScalarAsync<long>(
            $"select case when is_called then last_value else last_value - 1 end from {host.Tables.Sequence}", "reading the log", cancellationToken);
        var open = await host.ScalarAsync<bool>(
            $"""
            select exists (select from pg_locks where locktype = 'relation' and database = (select oid from pg_database where datname = current_database())
            and relation in ('{host.Tables.Sequence}'::regclass, '{host.Tables.Events}'::regclass) and mode = 'RowExclusiveLock' and granted and pid <> pg_backend_pid())
            """,
            "reading the log",
            cancellationToken);
        if (open) return after;

        // A number above the engine's own position that nobody has used yet may belong to a turn that is being decided: nothing behind
        // it is safe. One below it was burnt by another application, and stays empty.
        var hole = await host.ScalarAsync<long>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                select coalesce((select min(n) - 1 from generate_series(greatest({after.Value}, (select position from {host.Tables.Own("progress")})) + 1, {drawn}) n
                where not exists (select from {host.Tables.Events} e where e.seq_id = n)), {drawn})
                """),
            "reading the log",
            cancellationToken);
        return hole > after.Value ? new Position(hole) : after;
    }

    /// <summary>Counts events by kind, tombstones left out. Reads the whole log.</summary>
    public async Task<IReadOnlyDictionary<RowKind, long>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = Enum.GetValues<RowKind>().ToDictionary(kind => kind, _ => 0L);
        await foreach (var row in host.QueryAsync(
            $"select coalesce(headers->>'qualm', ''), count(*) from {host.Tables.Events} where type <> 'tombstone' group by 1", "counting events", [], cancellationToken))
        {
            var kind = Enum.TryParse<RowKind>(row.GetString(0), ignoreCase: true, out var known) ? known : RowKind.Foreign;
            counts[kind] += row.GetInt64(1);
        }

        return counts;
    }

    /// <summary>The bytes as received; null when <c>data</c> gives them back well enough and they were not kept.</summary>
    public async Task<byte[]?> FindRawAsync(Position position, CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(
            $"select raw from {host.Tables.Own("raw")} where position = $1", "reading raw bytes", [TurnSql.Of(position.Value)], cancellationToken))
            return row.GetFieldValue<byte[]>(0);
        return null;
    }

    private static string Within(LogQuery query) => string.Create(
        CultureInfo.InvariantCulture, $"seq_id > {query.After.Value} and seq_id <= {query.UpTo?.Value ?? long.MaxValue}");

    private static string Literal(string text) => "E'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";

    private async IAsyncEnumerable<LogBatch> CopyAsync(string sql, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pump = new LogPump(host, _decoder, _batches, sql, query);
        await pump.StartAsync(cancellationToken);
        while (await pump.NextAsync(cancellationToken) is { } batch)
        {
            yield return batch;
            pump.GiveBack(batch);
        }
    }
}
