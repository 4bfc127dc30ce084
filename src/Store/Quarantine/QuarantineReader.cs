using System.Runtime.CompilerServices;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Quarantine;

/// <summary>Lists what could not be decoded.</summary>
public sealed class QuarantineReader(StoreHost host)
{
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        host.ScalarAsync<long>($"select count(*) from {host.Tables.Own("quarantine")}", "counting the quarantine", cancellationToken);

    /// <summary>The newest first.</summary>
    /// <param name="limit">How many at most.</param>
    public async IAsyncEnumerable<QuarantinedRow> ReadAsync(int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(
            $"select source, line, \"column\", reason, bytes, id, recorded from {host.Tables.Own("quarantine")} order by recorded desc, id limit $1",
            "reading the quarantine",
            [TurnSql.Of(limit)],
            cancellationToken))
        {
            var item = new Quarantined(
                row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetFieldValue<byte[]>(4), row.GetGuid(5));
            yield return new QuarantinedRow(item, PgTime.FromColumn(row.GetDateTime(6)));
        }
    }
}
