using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>Reads the chain, without taking anything over.</summary>
internal sealed class ChainReader(StoreHost host)
{
    private const string Doing = "reading the chain";
    private const int Page = 2000;

    private readonly string _chain = host.Tables.Own("chain");

    internal Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        host.ScalarAsync<bool>($"select to_regclass('{_chain}') is not null", Doing, cancellationToken);

    /// <summary>The progress, and the number of the newest link then; null for either where it is not there.</summary>
    /// <param name="exists">Whether there is a chain at all.</param>
    internal async Task<(Progress? Progress, long? Head)> FindHeadAsync(bool exists, CancellationToken cancellationToken)
    {
        var sql = $"""
            select h.head, p.epoch, p.turn, p.position, p.clock, p.digest
            from (select {(exists ? $"max(link) as head from {_chain}" : "null::bigint as head")}) h left join {host.Tables.Own("progress")} p on p.cell = 0
            """;
        await foreach (var row in host.QueryAsync(sql, Doing, [], cancellationToken))
        {
            return (row.IsDBNull(1) ? null : ReadState(row, 1), row.IsDBNull(0) ? null : row.GetInt64(0));
        }

        return (null, null);
    }

    /// <summary>Links in their order.</summary>
    /// <param name="after">The number before the first one wanted.</param>
    /// <param name="upTo">The number of the last one wanted; null for all there are.</param>
    internal async IAsyncEnumerable<Link> ReadAsync(long after, long? upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = 0;
            NpgsqlParameter[] range = [TurnSql.Of(after), TurnSql.Of(upTo ?? long.MaxValue)];
            await foreach (var row in host.QueryAsync($"select {Link.Columns} from {_chain} where link > $1 and link <= $2 order by link limit {Page}", Doing, range, cancellationToken))
            {
                read++;
                after = row.GetInt64(0);
                yield return new Link(
                    after, row.GetString(1), ReadState(row, 2), Bytes(row, 7)!, Bytes(row, 8)!, Bytes(row, 9)!, Bytes(row, 10), Bytes(row, 11)!,
                    Bytes(row, 12) is { } at ? BinaryPrimitives.ReadInt64BigEndian(at) : null, Bytes(row, 13)!);
            }

            if (read < Page) yield break;
        }
    }

    private static Progress ReadState(NpgsqlDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), new Position(row.GetInt64(at + 2)), new Instant(row.GetInt64(at + 3)), row.GetFieldValue<byte[]>(at + 4));

    private static byte[]? Bytes(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);
}
