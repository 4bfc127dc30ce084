using System.Text;
using Qualm.Store.Writing;

namespace Qualm.Store.Inbox;

/// <summary>Commands on their way to the running engine. A turn takes them out with <see cref="Turn.TakeFromInbox"/>.</summary>
public sealed class InboxStore(StoreHost host)
{
    /// <param name="body">UTF-8 JSON.</param>
    public Task PostAsync(string kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => host.ExecuteAsync(
        $"insert into {host.Tables.Own("inbox")} (kind, body) values ($1, $2::text::jsonb)",
        "leaving a command",
        [TurnSql.Of(StoredText.Clean(kind)), TurnSql.Of(Encoding.UTF8.GetString(body.Span))],
        cancellationToken);

    /// <summary>The oldest commands, in order.</summary>
    public async Task<IReadOnlyList<InboxCommand>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var commands = new List<InboxCommand>();
        await foreach (var row in host.QueryAsync(
            $"select id, kind, body::text from {host.Tables.Own("inbox")} order by id limit $1", "reading commands", [TurnSql.Of(limit)], cancellationToken))
            commands.Add(new InboxCommand(row.GetInt64(0), row.GetString(1), Encoding.UTF8.GetBytes(row.GetString(2))));
        return commands;
    }
}
