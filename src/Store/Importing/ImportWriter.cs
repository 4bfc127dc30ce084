using Npgsql;
using Qualm.Model;
using Qualm.Store.Chain;
using Qualm.Store.Schema;
using Qualm.Store.Writing;

namespace Qualm.Store.Importing;

/// <summary>Appends foreign history, each event once however often it is given. Works beside a running engine. One batch at a time.</summary>
public sealed class ImportWriter : IAsyncDisposable
{
    private const int Attempts = 6;

    /// <summary>How long numbers of a failed batch wait for appends of others before they are left to the next start.</summary>
    private static readonly TimeSpan FillPatience = TimeSpan.FromSeconds(2);

    private readonly TableNames _tables;
    private readonly TurnSql _sql;
    private readonly EventCopy _copy;
    private readonly NpgsqlConnection _connection;
    private readonly Guid _run;
    private readonly TimeProvider _time;
    private long[] _burnt = [];

    private ImportWriter(StoreHost host, NpgsqlConnection connection, Guid run)
    {
        _tables = host.Tables;
        _sql = new TurnSql(_tables);
        _copy = new EventCopy(_tables);
        _connection = connection;
        _time = host.Time;
        _run = run;
    }

    /// <param name="run">Identity of this run, new for each.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public static async Task<ImportWriter> OpenAsync(StoreHost host, Guid run, CancellationToken cancellationToken)
    {
        var connection = await host.ConnectAsync("starting an import", cancellationToken);
        try
        {
            await ImportRuns.BeginAsync(connection, host.Tables, run, cancellationToken);
            return new ImportWriter(host, connection, run);
        }
        catch (Exception fault)
        {
            await connection.DisposeAsync();
            if (!StoreQueries.IsFault(fault)) throw;
            throw Faults.Translate(fault, "starting an import");
        }
    }

    /// <summary>Appends the events that are not recorded yet, and puts garbage into quarantine, in one transaction.</summary>
    /// <param name="rows">In the order of their time line. Some thousands at a time are best.</param>
    /// <param name="garbage">What could not be decoded, with the stamp it would have had.</param>
    /// <exception cref="TurnRefusedException">The data of a row is at fault; nothing of the batch was written.</exception>
    /// <exception cref="StoreUnavailableException">The database is away. Giving the batch to a new writer is safe.</exception>
    public async Task<ImportResult> AppendAsync(
        IReadOnlyList<AppendRow> rows, IReadOnlyList<(Quarantined Item, Instant Recorded)> garbage, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var added = await WriteAsync(rows, garbage, cancellationToken);
                return new ImportResult(added, rows.Count - added);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                await FillAsync();
                if (attempt < Attempts && (Faults.IsMoved(fault) || Faults.IsContention(fault))) continue;
                if (!StoreQueries.IsFault(fault)) throw;
                throw Faults.Translate(fault, "importing", Faults.IsConnectionLoss(fault) ? TurnOutcome.Unknown : TurnOutcome.NotCommitted);
            }
            catch (OperationCanceledException)
            {
                await FillAsync();
                throw;
            }
        }
    }

    /// <summary>Ends the run.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_burnt.Length == 0 && _connection.FullState == System.Data.ConnectionState.Open) await ImportRuns.EndAsync(_connection, _tables, _run);
            else NpgsqlConnection.ClearPool(_connection);
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            // The note of the run stays: the next start looks after its numbers.
        }

        await _connection.DisposeAsync();
    }

    private async Task<int> WriteAsync(
        IReadOnlyList<AppendRow> rows, IReadOnlyList<(Quarantined Item, Instant Recorded)> garbage, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        if (garbage.Count > 0)
        {
            await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { _sql.Quarantine([.. garbage]) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        var fresh = await TakeFreshAsync(rows, cancellationToken);
        if (fresh.Count > 0) await AppendFreshAsync(fresh, cancellationToken);
        else await transaction.CommitAsync(CancellationToken.None);
        _burnt = [];
        return fresh.Count;
    }

    /// <summary>Appends and commits: with its link in the chain, a batch keeps others from theirs, so the commit goes with it.</summary>
    private async Task AppendFreshAsync(List<AppendRow> rows, CancellationToken cancellationToken)
    {
        var groups = StreamGroups.Of(rows);
        var versions = await LockStreamsAsync(groups, PgTime.ToParameter(rows[^1].Recorded), cancellationToken);
        _burnt = await DrawAsync(rows.Count, cancellationToken);
        await _copy.WriteAsync(_connection, rows, _burnt, groups, versions, cancellationToken);
        await using var rest = new NpgsqlBatch(_connection);
        if (rows.Exists(row => !row.Raw.IsEmpty)) rest.BatchCommands.Add(_sql.Raw(rows, _burnt));
        rest.BatchCommands.Add(_sql.Link(LinkKinds.Import, _copy.Link, [], DateTime.UnixEpoch));
        WriterLane.AddCommit(rest);
        cancellationToken.ThrowIfCancellationRequested();
        await rest.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Notes the ids and keeps the rows whose ids were new, each once.</summary>
    private async Task<List<AppendRow>> TakeFreshAsync(IReadOnlyList<AppendRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return [];
        var ids = rows.Select(row => row.Id).Distinct().ToArray();
        var fresh = new HashSet<Guid>(ids.Length);
        await using (var batch = new NpgsqlBatch(_connection) { BatchCommands = { _sql.Known(ids) } })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) fresh.Add(reader.GetGuid(0));
        }

        return [.. rows.Where(row => fresh.Remove(row.Id))];
    }

    /// <returns>By stream: its version before this batch. The row locks keep others from appending until the end.</returns>
    private async Task<long[]> LockStreamsAsync(StreamGroups groups, DateTime at, CancellationToken cancellationToken)
    {
        var versions = new long[groups.Names.Length];
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < versions.Length; i++) index[groups.Names[i]] = i;
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { _sql.LockStreams(groups, at) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var stream = index[reader.GetString(0)];
            versions[stream] = reader.GetInt64(1) - groups.Counts[stream];
        }

        return versions;
    }

    private async Task<long[]> DrawAsync(int count, CancellationToken cancellationToken)
    {
        var drawn = new List<long>(count);
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { _sql.Reserve(count) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) drawn.Add(reader.GetInt64(0));
        return [.. drawn];
    }

    /// <summary>Fills the numbers of a batch that failed. They are ours alone, so nobody need be waited for.</summary>
    private async Task FillAsync()
    {
        if (_burnt.Length == 0 || _connection.FullState != System.Data.ConnectionState.Open) return;
        try
        {
            await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { _sql.Link(LinkKinds.Fill, LinkRows.None, _burnt, PgTime.Now(_time)) }, Timeout = (int)FillPatience.TotalSeconds };
            await batch.ExecuteNonQueryAsync();
            _burnt = [];
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            // The note of the run stays: the next start looks after them.
        }
    }
}
