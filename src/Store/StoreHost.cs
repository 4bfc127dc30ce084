using System.Data.Common;
using Npgsql;
using Qualm.Store.Embedded;
using Qualm.Store.Schema;

namespace Qualm.Store;

/// <summary>An open store: connections to it, and the private server's lease when there is one. Everything else in this project is built on it.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    private static readonly string ApplicationName = $"qualm/{Environment.ProcessId}";

    /// <summary>Bytes taken from the socket at a time; Npgsql's 8 KiB would be twenty events.</summary>
    private const int ReadBuffer = 64 * 1024;

    private readonly EmbeddedPostgres? _server;

    private StoreHost(NpgsqlDataSource source, TableNames tables, EmbeddedPostgres? server, TimeProvider time)
    {
        Source = source;
        Tables = tables;
        Time = time;
        _server = server;
    }

    /// <summary>Pooled connections. Disposed with the host.</summary>
    public NpgsqlDataSource Source { get; }

    public string Schema => Tables.Schema;

    internal TableNames Tables { get; }

    internal TimeProvider Time { get; }

    /// <summary>Starts the private server when it does not run yet, connects and makes the tables where they are missing.</summary>
    /// <exception cref="StoreUnavailableException">PostgreSQL is not installed, cannot be started or cannot be reached.</exception>
    /// <exception cref="ArgumentException">The schema's name or the connection string is malformed.</exception>
    public static async Task<StoreHost> OpenAsync(StoreLocation location, TimeProvider time, CancellationToken cancellationToken)
    {
        var tables = new TableNames(location.Schema);
        var server = location is StoreLocation.Private place ? await EmbeddedPostgres.StartAsync(place.DataFolder, time, cancellationToken) : null;
        NpgsqlDataSource? source = null;
        try
        {
            source = Connect(location is StoreLocation.External external ? external.ConnectionString : server!.ConnectionString);
            await StoreSchema.EnsureAsync(source, tables, cancellationToken);
            return new StoreHost(source, tables, server, time);
        }
        catch
        {
            if (source is not null) await source.DisposeAsync();
            if (server is not null) await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How people reach it: a <c>psql</c> command in libpq's form. Never shows a password.</summary>
    public string Describe()
    {
        var to = new NpgsqlConnectionStringBuilder(Source.ConnectionString);
        var parts = new List<string> { $"host={Quoted(to.Host)}" };
        if (to.Port != NpgsqlConnection.DefaultPort) parts.Add($"port={to.Port}");
        parts.Add($"dbname={Quoted(to.Database ?? to.Username)}");
        if (to.Username is { Length: > 0 } user) parts.Add($"user={Quoted(user)}");
        return $"psql \"{string.Join(' ', parts)}\"";
    }

    /// <summary>Closes the connections; stops the private server unless another process of ours uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    private static NpgsqlDataSource Connect(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Enlist = false };
        if (settings.ApplicationName is null or "") settings.ApplicationName = ApplicationName;
        if (!IsGiven(connectionString, "Max Auto Prepare")) settings.MaxAutoPrepare = 64;
        if (!IsGiven(connectionString, "Auto Prepare Min Usages")) settings.AutoPrepareMinUsages = 2;
        if (!IsGiven(connectionString, "Read Buffer Size")) settings.ReadBufferSize = ReadBuffer;
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Whether a setting is in the connection string; Npgsql's builder would say so of every setting that exists.</summary>
    private static bool IsGiven(string connectionString, string setting)
    {
        var bare = setting.Replace(" ", "", StringComparison.Ordinal);
        return new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>()
            .Any(key => key.Replace(" ", "", StringComparison.Ordinal).Equals(bare, StringComparison.OrdinalIgnoreCase));
    }

    private static string Quoted(string? value) =>
        value is { Length: > 0 } && !value.AsSpan().ContainsAny(" '\\\"") ? value : $"'{value?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
