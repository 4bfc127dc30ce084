namespace Qualm.Store;

/// <summary>What tells one log from another, wherever its database is restored: when its tables were first made.</summary>
public static class StoreIdentity
{
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public static Task<string> ReadAsync(StoreHost host, CancellationToken cancellationToken) => host.ScalarAsync<string>(
        $"select to_char(min(made) at time zone 'UTC', 'YYYYMMDDHH24MISSUS') || '-{host.Schema}' from {host.Tables.Own("schema")}", "asking which store this is", cancellationToken);
}
