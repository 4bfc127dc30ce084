using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>Checks that the versions of every stream run from 1 to the stream's own version. Streams of which others have appended are theirs to keep in order.</summary>
/// <param name="found">Told of everything that is wrong.</param>
public sealed class StreamAudit(StoreHost host, Action<Finding> found)
{
    private const string Doing = "checking the streams";

    private static readonly string[] Prefixes = ["vm/", "host/", "alert/", "emit/", "fact/"];

    private string OddStreams =>
        $"""
        select coalesce(s.id, v.stream_id), s.version, coalesce(v.n, 0), v.hi, s.id is null from {host.Tables.Streams} s
        full join (select stream_id, count(*) as n, min(version) as lo, max(version) as hi from {host.Tables.Events} group by stream_id) v on v.stream_id = s.id
        where s.id is null or coalesce(s.version, 0) <> coalesce(v.hi, 0) or (s.id <> '{StreamName.Tombstone}' and (v.n <> v.hi or v.lo <> 1))
        order by 1
        """;

    /// <returns>How many streams there are.</returns>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var odd = new List<(string Stream, long Version, long Count, long Highest, bool IsGone)>();
        await foreach (var row in host.QueryAsync(OddStreams, Doing, [], cancellationToken))
        {
            odd.Add((row.IsDBNull(0) ? "" : row.GetString(0), Int64(row, 1), row.GetInt64(2), Int64(row, 3), row.GetBoolean(4)));
        }

        foreach (var (stream, version, count, highest, gone) in odd)
        {
            if (await ExplainAsync(stream, version, count, highest, gone, cancellationToken) is { } finding) found(finding);
        }

        return await host.ScalarAsync<long>($"select count(*) from {host.Tables.Streams}", Doing, cancellationToken);
    }

    private async Task<Finding?> ExplainAsync(string stream, long version, long count, long highest, bool gone, CancellationToken cancellationToken)
    {
        var (own, foreign) = await CountAsync(stream, cancellationToken);
        if (foreign && version >= own) return null;

        // Nothing of ours was ever in it, or the chain tells what is gone.
        if (count == 0 && !IsOurs(stream)) return null;
        if (gone) return new Finding(FindingKind.Stream, $"the row of stream {stream} in mt_streams is gone") { Stream = stream };
        if (version != highest && !(foreign && version > own))
        {
            return new Finding(
                FindingKind.Stream, FormattableString.Invariant($"stream {stream} has version {version} in mt_streams, its last event {highest}: a writer will fail, or leave a gap"))
            {
                Stream = stream,
            };
        }

        return new Finding(FindingKind.Stream, FormattableString.Invariant($"the versions of stream {stream} do not run from 1 to {highest}: it has {count} events; {await FirstGapAsync(stream, cancellationToken)}"))
        {
            Stream = stream,
        };
    }

    /// <returns>The highest version of an event of ours, and whether others have appended.</returns>
    private async Task<(long Own, bool Foreign)> CountAsync(string stream, CancellationToken cancellationToken)
    {
        var sql = $"""
            select coalesce(max(version) filter (where ours), 0), coalesce(bool_or(not ours), false) from (
                select version, case when stream_id = '{StreamName.Tombstone}' then id = lpad(to_hex(seq_id), 32, '0')::uuid else coalesce(headers ? 'qualm', false) end as ours
                from {host.Tables.Events} where stream_id = $1) e
            """;
        await foreach (var row in host.QueryAsync(sql, Doing, [TurnSql.Of(stream)], cancellationToken)) return (row.GetInt64(0), row.GetBoolean(1));
        return (0, false);
    }

    private async Task<string> FirstGapAsync(string stream, CancellationToken cancellationToken)
    {
        var sql = $"""
            select version, before, seq_id from (select version, seq_id, lag(version, 1, 0::bigint) over (order by version) as before from {host.Tables.Events} where stream_id = $1) e
            where version <> before + 1 order by version limit 1
            """;
        await foreach (var row in host.QueryAsync(sql, Doing, [TurnSql.Of(stream)], cancellationToken))
            return FormattableString.Invariant($"version {row.GetInt64(0)} at position {row.GetInt64(2)} follows {row.GetInt64(1)}");
        return "one stands twice";
    }

    private static bool IsOurs(string stream) =>
        stream is StreamName.Engine or StreamName.Tombstone || Prefixes.Any(prefix => stream.StartsWith(prefix, StringComparison.Ordinal));

    private static long Int64(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);
}
