using System.Text;
using Npgsql;
using Qualm.Store.Writing;

namespace Qualm.Store.Outbox;

/// <summary>Rows of the outbox as messages.</summary>
internal static class OutboxRows
{
    /// <summary>Of a table called <c>o</c>.</summary>
    internal const string Columns = "o.id, o.receiver, o.alert_id, o.episode, o.transition, o.payload::text, o.created, o.attempts, o.last_error, o.next_attempt";

    internal static async Task<IReadOnlyList<OutboxMessage>> ReadAsync(StoreHost host, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var messages = new List<OutboxMessage>();
        await foreach (var row in host.QueryAsync(sql, "reading the outbox", parameters, cancellationToken))
        {
            messages.Add(new OutboxMessage(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), Encoding.UTF8.GetBytes(row.GetString(5)),
                PgTime.FromColumn(row.GetDateTime(6)), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetString(8), PgTime.FromColumn(row.GetDateTime(9))));
        }

        return messages;
    }
}
