using System.Text;
using Npgsql;
using Qualm.Model;
using Qualm.Store.Reading;
using Qualm.Store.Writing;

namespace Qualm.Store.Tests;

/// <summary>A suite that runs the same on a private and on an external server.</summary>
[Collection("store")]
public abstract class StoreTests(Servers servers, ServerKind kind) : IAsyncLifetime
{
    protected static readonly Instant Noon = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private readonly string _schema = Servers.NewSchema();

    protected StoreHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!StoreFactAttribute.IsMissing) Host = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
    }

    protected Task<StoreHost> OpenAsync() => StoreHost.OpenAsync(servers.Locate(kind, _schema), TimeProvider.System, CancellationToken.None);

    protected Task<TurnWriter> AcquireAsync(TurnWriterOptions? options = null) => TurnWriter.AcquireAsync(Host, options ?? new TurnWriterOptions(), CancellationToken.None);

    protected static Guid Id(long n) => new((int)n, (short)(n >> 32), 0, [1, 2, 3, 4, 5, 6, 7, 8]);

    protected static AppendRow Event(string stream, long n, string json = "{\"n\":1}", RowKind kind = RowKind.Live, ReadOnlyMemory<byte> raw = default) => new(
        stream, Id(n), "guest_panicked", Encoding.UTF8.GetBytes(json), new Instant(Noon.Micros + n), new EventHeaders(kind, new Instant(Noon.Micros + n), "unix:/a", "h1", 1, n), raw);

    protected static async Task<long[]> AppendAsync(TurnWriter writer, params AppendRow[] rows)
    {
        var positions = await writer.ReserveAsync(rows.Length, CancellationToken.None);
        await writer.CommitAsync(TurnOf(positions, rows), CancellationToken.None);
        return [.. Enumerable.Range(0, positions.Count).Select(i => positions[i].Value)];
    }

    protected static Turn TurnOf(Positions positions, params AppendRow[] rows)
    {
        var turn = new Turn { Clock = rows.Length == 0 ? Noon : rows[^1].Recorded };
        for (var i = 0; i < rows.Length; i++) turn.Add(positions[i], rows[i]);
        return turn;
    }

    protected async Task<List<(long Position, string Stream, long Version, string Json, EventHeaders Headers)>> LogAsync(LogQuery? query = null)
    {
        var rows = new List<(long, string, long, string, EventHeaders)>();
        await foreach (var batch in new LogReader(Host).ReadAsync(query ?? new LogQuery(), CancellationToken.None))
        {
            foreach (var row in batch.Rows) rows.Add((row.Position.Value, row.Stream, row.Version, Encoding.UTF8.GetString(row.Data.Span), row.Headers));
        }

        return rows;
    }

    protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Host.Source.CreateCommand(sql.Replace("$s", Host.Schema, StringComparison.Ordinal));
        return (T)(await command.ExecuteScalarAsync())!;
    }

    protected async Task RunAsync(string sql)
    {
        await using var command = Host.Source.CreateCommand(sql.Replace("$s", Host.Schema, StringComparison.Ordinal));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What must hold in any store that nobody is writing to.</summary>
    protected async Task CheckAsync()
    {
        (await ScalarAsync<long>("select case when is_called then last_value else 0 end from $s.mt_events_sequence"))
            .ShouldBe(await ScalarAsync<long>("select count(*) from $s.mt_events"), "the sequence has holes");
        (await ScalarAsync<long>(
            "select count(*) from $s.mt_streams s where id <> 'mt_tombstone' and (version <> (select count(*) from $s.mt_events e where e.stream_id = s.id) or version <> (select coalesce(max(version), 0) from $s.mt_events e where e.stream_id = s.id))"))
            .ShouldBe(0, "a stream's versions do not run from 1");
        (await ScalarAsync<long>("select count(*) from $s.mt_events where is_archived is distinct from false or tenant_id is distinct from '*DEFAULT*'")).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from $s.mt_streams s where id = 'mt_tombstone' and version <> (select max(version) from $s.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
    }

    /// <summary>Appends as a Marten application does.</summary>
    protected async Task AppendForeignAsync(string stream, NpgsqlConnection? connection = null)
    {
        var sql = """
            with s as (insert into $s.mt_streams as s (id, version) values ($1, 1) on conflict (id) do update set version = s.version + 1 returning version)
            insert into $s.mt_events (seq_id, id, stream_id, version, data, type, mt_dotnet_type)
            select nextval('$s.mt_events_sequence'), gen_random_uuid(), $1, version, '{"foreign":true}', 'theirs', 'Their.Event, Their' from s
            """.Replace("$s", Host.Schema, StringComparison.Ordinal);
        await using var command = connection is null ? Host.Source.CreateCommand(sql) : new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Ends the connection of whoever holds the writer's lock.</summary>
    protected Task KillWriterAsync() => RunAsync(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = '$s'::regnamespace::oid and granted and database = (select oid from pg_database where datname = current_database())");

    protected static async Task Until(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition()) deadline.Token.ThrowIfCancellationRequested();
    }
}
