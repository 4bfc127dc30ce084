using System.Text;
using Qualm.Store.Writing;

namespace Qualm.Store.Inbox;

/// <summary>Commands on their way to the running engine. A turn takes them out with <see cref="Turn.TakeFromInbox"/>.</summary>
public sealed class InboxStore(StoreHost host)
{
    /// <param name="body">UTF-8 JSON.</param>
    /// <returns>The command's id.</returns>
    public async Task<long> PostAsync(string kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(
            $"insert into {host.Tables.Own("inbox")} (kind, body) values ($1, $2::text::jsonb) returning id",
            "leaving a command",
            [TurnSql.Of(StoredText.Clean(kind)), TurnSql.Of(Encoding.UTF8.GetString(body.Span))],
            cancellationToken)) return row.GetInt64(0);
        throw new StoreUnavailableException("leaving a command: no answer", isTransient: false);
    }

    /// <summary>The oldest commands, in order.</summary>
    public async Task<IReadOnlyList<InboxCommand>> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var commands = new List<InboxCommand>();
        await foreach (var row in host.QueryAsync(
            $"select id, kind, body::text from {host.Tables.Own("inbox")} order by id limit $1", "reading commands", [TurnSql.Of(limit)], cancellationToken))
            commands.Add(new InboxCommand(row.GetInt64(0), row.GetString(1), Encoding.UTF8.GetBytes(row.GetString(2))));
        return commands;
    }

    /// <summary>Whether a command still waits to be taken.</summary>
    public async Task<bool> IsWaitingAsync(long id, CancellationToken cancellationToken)
    {
        await foreach (var row in host.QueryAsync(
            $"select exists (select from {host.Tables.Own("inbox")} where id = $1)", "asking for a command", [TurnSql.Of(id)], cancellationToken)) return row.GetBoolean(0);
        return false;
    }

    /// <summary>Whether an engine runs that will take commands.</summary>
    public Task<bool> IsServedAsync(CancellationToken cancellationToken) => host.ScalarAsync<bool>(
        $"""
        select exists (select from pg_locks where locktype = 'advisory' and granted and classid = {WriterLock.Main}::oid
        and objid = '{host.Tables.Schema}'::regnamespace::oid and objsubid = 2 and database = (select oid from pg_database where datname = current_database()))
        """,
        "asking for the engine",
        cancellationToken);
}
