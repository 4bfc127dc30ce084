using Npgsql;
using Qualm.Store.Schema;

namespace Qualm.Store.Writing;

/// <summary>
/// Up to where it is known for good that every number has a row. What a deposed writer drew at the last moment, after its successor had looked
/// for holes, lies below the successor's progress by the next start; so that one looks from here on, and not from the progress.
/// </summary>
internal sealed class SettledNumbers(TableNames tables, HoleFiller holes, TimeProvider time)
{
    /// <summary>Numbers looked at in one go. Counting rows is much quicker than looking for each.</summary>
    private const long Page = 1 << 16;

    /// <summary>How long a start looks at what is behind; the next one goes on.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    /// <summary>Looks for holes, and fills them, from where the last start left off.</summary>
    /// <param name="upTo">What is behind it has been looked at.</param>
    /// <param name="looked">The highest number that was drawn when that was done; null when it was not.</param>
    internal async Task SettleAsync(NpgsqlConnection connection, long upTo, long? looked, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (from, since) = (await ReadAsync(connection, cancellationToken), time.GetTimestamp());
        var at = from;
        while (at < upTo && time.GetElapsedTime(since) < Budget)
        {
            var end = Math.Min(at + Page, upTo);
            if (await CountAsync(connection, at, end, cancellationToken) < end - at && await holes.FillAsync(connection, at, [], patience, cancellationToken, end) is null) break;
            at = end;
        }

        if (at >= upTo && looked is { } last) at = Math.Max(at, last);
        if (at > from) await WriteAsync(connection, at, cancellationToken);
    }

    private async Task<long> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand($"select position from {tables.Own("settled")} where cell = 0", connection);
        return await read.ExecuteScalarAsync(cancellationToken) is long position ? position : 0;
    }

    private async Task<long> CountAsync(NpgsqlConnection connection, long after, long last, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand($"select count(*) from {tables.Events} where seq_id > $1 and seq_id <= $2", connection);
        count.Parameters.Add(TurnSql.Of(after));
        count.Parameters.Add(TurnSql.Of(last));
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task WriteAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken)
    {
        await using var write = new NpgsqlCommand(
            $"insert into {tables.Own("settled")} as s (cell, position) values (0, $1) on conflict (cell) do update set position = greatest(s.position, excluded.position)", connection);
        write.Parameters.Add(TurnSql.Of(position));
        await write.ExecuteNonQueryAsync(cancellationToken);
    }
}
