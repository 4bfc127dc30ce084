using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;

namespace Qualm.Acceptance.Tests.Support;

/// <summary>The record, read past the program, as an operator with psql would.</summary>
internal sealed partial class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public Database(string connectionString) => _source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");

    /// <summary>Takes what <c>qualm store</c> prints, in libpq's form.</summary>
    public static Database Of(string printed) => new(Read(printed).ConnectionString);

    /// <summary>The parts of it.</summary>
    public static NpgsqlConnectionStringBuilder Read(string printed)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        foreach (Match part in LibpqPart().Matches(printed))
        {
            var value = part.Groups[2].Value.Trim('\'');
            switch (part.Groups[1].Value)
            {
                case "host": settings.Host = value; break;
                case "port": settings.Port = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
                case "dbname": settings.Database = value; break;
                case "user": settings.Username = value; break;
                default: break;
            }
        }

        settings.Host.ShouldNotBeNull($"no host in '{printed}'");
        return settings;
    }

    /// <summary>The whole log in order, tombstones included.</summary>
    public async Task<List<StoredEvent>> EventsAsync(string where = "true")
    {
        await using var command = _source.CreateCommand(
            $"select seq_id, id, stream_id, version, type, data::text, coalesce(headers, '{{}}')::text from qualm.mt_events where {where} order by seq_id");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync())
        {
            events.Add(new(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4),
                JsonNode.Parse(reader.GetString(5)) as JsonObject ?? [], JsonNode.Parse(reader.GetString(6))!.AsObject()));
        }

        return events;
    }

    /// <summary>Transitions of all alerts, in the order of decision.</summary>
    public Task<List<StoredEvent>> DecisionsAsync() => EventsAsync("headers ->> 'qualm' = 'decision' and stream_id like 'alert/%'");

    /// <summary>How many rows there are.</summary>
    /// <param name="table">Of our schema, with a <c>where</c> if need be.</param>
    public Task<long> CountAsync(string table) => ScalarAsync<long>($"select count(*) from qualm.{table}");

    /// <summary>The only column of each row.</summary>
    public async Task<List<string>> TextsAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync()) texts.Add(reader.GetString(0));
        return texts;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Keeps everybody from writing to a table until it is disposed.</summary>
    public async Task<IAsyncDisposable> LockAsync(string table)
    {
        var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"begin; lock table qualm.{table} in exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    [GeneratedRegex(@"\b(host|port|dbname|user)=('[^']*'|[^\s""']+)")]
    private static partial Regex LibpqPart();
}
