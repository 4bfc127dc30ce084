using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Documents;

/// <summary>Read models published for others, Marten applications among them: one table an alias.</summary>
public sealed class DocumentStore(StoreHost host)
{
    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);

    /// <summary>Publishes changed documents and how far they have come, both or neither.</summary>
    /// <param name="alias">Kind of read model, a lower-case word; table <c>mt_doc_…</c> is made when it is missing.</param>
    /// <param name="documents">Each id once.</param>
    /// <exception cref="ArgumentException">The alias is no lower-case word.</exception>
    public async Task UpsertAsync(string alias, IReadOnlyList<Document> documents, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var table = host.Tables.Document(alias);
        if (!_made.ContainsKey(alias)) await MakeAsync(alias, table, cancellationToken);
        var sql = $"""
            with point as (
                insert into {host.Tables.Own("read_model")} as r (alias, position, clock) values ($1, $2, $3)
                on conflict (alias) do update set position = excluded.position, clock = excluded.clock, updated = now())
            insert into {table} (id, data, mt_last_modified, mt_version, mt_dotnet_type)
            select d.id, d.data::jsonb, transaction_timestamp(), gen_random_uuid(), $4
            from unnest($5::text[], $6::text[]) as d(id, data) order by d.id
            on conflict (id) do update set data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version
            """;
        var ids = new string[documents.Count];
        var json = new ReadOnlyMemory<byte>[documents.Count];
        for (var i = 0; i < ids.Length; i++) (ids[i], json[i]) = (StoredText.Clean(documents[i].Id), documents[i].Json);
        await host.ExecuteAsync(
            sql,
            $"publishing {alias}",
            [TurnSql.Of(alias), TurnSql.Of(checkpoint.Position.Value), TurnSql.Of(checkpoint.Clock.Micros), TurnSql.Of(TypeOf(alias)), TurnSql.Of(ids), TurnSql.Of(json)],
            cancellationToken);
    }

    /// <summary>Everything published under an alias, by id, with the checkpoint it belongs to; none of both when nothing was.</summary>
    public async Task<(IReadOnlyList<Document> Documents, Checkpoint Checkpoint)> ReadAsync(string alias, CancellationToken cancellationToken)
    {
        var table = host.Tables.Document(alias);
        var documents = new List<Document>();
        if (!await host.ScalarAsync<bool>($"select to_regclass('{table}') is not null", $"reading {alias}", cancellationToken)) return (documents, default);
        var checkpoint = default(Checkpoint);

        // One statement, so one snapshot: the documents are exactly as of the checkpoint.
        var sql = $"""
            select r.position, r.clock, d.id, d.data::text from {host.Tables.Own("read_model")} r left join {table} d on true
            where r.alias = $1 order by d.id collate "C"
            """;
        await foreach (var row in host.QueryAsync(sql, $"reading {alias}", [TurnSql.Of(alias)], cancellationToken))
        {
            checkpoint = new Checkpoint(new Position(row.GetInt64(0)), new Instant(row.GetInt64(1)));
            if (!row.IsDBNull(2)) documents.Add(new Document(row.GetString(2), Encoding.UTF8.GetBytes(row.GetString(3))));
        }

        return (documents, checkpoint);
    }

    private static string TypeOf(string alias) => DotnetTypes.Of(alias).Replace("Qualm.Events", "Qualm.Views", StringComparison.Ordinal);

    private async Task MakeAsync(string alias, string table, CancellationToken cancellationToken)
    {
        await using var connection = await host.ConnectAsync($"making {table}", cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_advisory_xact_lock(hashtextextended('{table}', 0))"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                create table if not exists {table} (
                    id varchar not null constraint pkey_mt_doc_{alias}_id primary key,
                    data jsonb not null,
                    mt_last_modified timestamptz default transaction_timestamp(),
                    mt_version uuid,
                    mt_dotnet_type varchar)
                """));
            await batch.ExecuteNonQueryAsync(cancellationToken);
            _made[alias] = true;
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, $"making {table}");
        }
    }
}
