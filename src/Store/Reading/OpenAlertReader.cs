namespace Qualm.Store.Reading;

/// <summary>Which alerts fire, as their newest transitions on record say. Reads one row an alert, however long the log.</summary>
public sealed class OpenAlertReader(StoreHost host)
{
    /// <returns>Id of each alert, and its severity as it stands on record.</returns>
    public async Task<IReadOnlyList<(string Id, string Severity)>> ReadAsync(CancellationToken cancellationToken)
    {
        const string Stream = "alert/";
        var sql = $"""
            select s.id, coalesce(e.data ->> 'severity', '') from {host.Tables.Streams} s
            join {host.Tables.Events} e on e.stream_id = s.id and e.version = s.version
            where s.id like '{Stream}%' and e.type not in ('alert_resolved', 'alert_pending')
            """;
        var open = new List<(string, string)>();
        await foreach (var row in host.QueryAsync(sql, "reading which alerts fire", [], cancellationToken)) open.Add((row.GetString(0)[Stream.Length..], row.GetString(1)));
        return open;
    }
}
