using Npgsql;
using Qualm.Store.Outbox;

namespace Qualm.Store.Writing;

/// <summary>The only writer of turns to a store, as long as no other engine takes over. Holds a lock on the store and the epoch it began.</summary>
/// <remarks>
/// For each turn: reserve positions, add rows to a <see cref="Turn"/>, commit. Positions reserved before a commit and not used in it are filled
/// with tombstones by it. The next turn's positions may be reserved while a commit is under way, after the call of <see cref="CommitAsync"/>.
/// </remarks>
public sealed partial class TurnWriter : IAsyncDisposable
{
    /// <summary>How often a turn that lost a race inside the database is tried.</summary>
    private const int Attempts = 6;

    private readonly StoreHost _host;
    private readonly TurnWriterOptions _options;
    private readonly TurnSql _sql;
    private readonly TurnTransaction _transaction;
    private readonly HoleFiller _holes;
    private readonly SemaphoreSlim _lane = new(1, 1);
    private readonly SemaphoreSlim _drawing = new(1, 1);
    private readonly Lock _books = new();
    private readonly OwedNumbers _owed = new();

    private NpgsqlConnection _connection;
    private int _backend;
    private NpgsqlConnection? _side;
    private long[] _ahead = [];
    private PendingTurn? _unknown;
    private long _nextTurn;
    private int _generation;
    private bool _lost;
    private int _disposed;

    private TurnWriter(StoreHost host, TurnWriterOptions options, NpgsqlConnection connection, Progress progress)
    {
        _host = host;
        _options = options;
        _connection = connection;
        _backend = connection.ProcessID;
        _sql = new TurnSql(host.Tables);
        _transaction = new TurnTransaction(host.Tables, _sql, options.CopyAbove);
        _holes = new HoleFiller(host.Tables, _sql, host.Time);
        Progress = progress;
        _nextTurn = progress.Turn + 1;
    }

    /// <summary>As of the last turn known to be committed, by this engine or the one before.</summary>
    public Progress Progress { get; private set; }

    public long Epoch => Progress.Epoch;

    /// <summary>Rings after a commit that put something into the outbox.</summary>
    public OutboxSignal Outbox { get; } = new();

    /// <summary>Draws positions for the next turn.</summary>
    /// <param name="count">From 0.</param>
    /// <exception cref="StoreUnavailableException">The database is away; call <see cref="ResumeAsync"/>.</exception>
    public ValueTask<Positions> ReserveAsync(int count, CancellationToken cancellationToken)
    {
        if (count == 0) return ValueTask.FromResult(Positions.None);
        lock (_books)
        {
            if (_ahead.Length >= count)
            {
                var drawn = _ahead[..count];
                _ahead = _ahead[count..];
                return ValueTask.FromResult(new Positions(drawn));
            }
        }

        return new ValueTask<Positions>(DrawAsync(count, cancellationToken));
    }

    /// <summary>Writes a turn in one transaction. Returning means committed. Calls are carried out in order.</summary>
    /// <param name="cancellationToken">Looked at before anything is sent; a commit under way is not given up.</param>
    /// <exception cref="TurnRefusedException">The data is at fault. Nothing was written.</exception>
    /// <exception cref="FencedException">Another engine has taken over.</exception>
    /// <exception cref="StoreUnavailableException">See its outcome. After this call <see cref="ResumeAsync"/>.</exception>
    /// <exception cref="ArgumentException">A position is not one of those reserved.</exception>
    public async Task CommitAsync(Turn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = Enlist(turn);
        await _lane.WaitAsync(CancellationToken.None);
        try
        {
            if (pending.Generation != _generation || _lost)
                throw new StoreUnavailableException($"turn {pending.Number} was not written because the one before it failed", isTransient: true);
            await WriteAsync(pending);
            Complete(pending);
        }
        catch (Exception fault)
        {
            if (pending != _unknown) Return(pending);
            if (fault is StoreException) throw;
            throw Faults.Translate(fault, $"writing turn {pending.Number}");
        }
        finally
        {
            _lane.Release();
        }
    }

    /// <summary>Lets go of the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _lane.WaitAsync();
        try
        {
            if (_connection.FullState == System.Data.ConnectionState.Open) await WriterLock.ReleaseAsync(_connection);
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException)
        {
            // The lock ends with the connection.
        }

        await _connection.DisposeAsync();
        if (_side is not null) await _side.DisposeAsync();
        Outbox.Dispose();
    }

    private PendingTurn Enlist(Turn turn)
    {
        lock (_books)
        {
            // Numbers drawn ahead and still here belong to this turn, whether it wanted them or not.
            _ahead = [];
            return new PendingTurn(turn, _nextTurn++, _generation, _owed.TakeAllBut(turn.RowPositions));
        }
    }

    private async Task WriteAsync(PendingTurn pending)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _transaction.WriteAsync(_connection, Epoch, pending);
                return;
            }
            catch (Exception fault) when (attempt < Attempts && (Faults.IsMoved(fault) || Faults.IsContention(fault)))
            {
                _transaction.Forget();
            }
            catch (Exception fault) when (Faults.IsConnectionLoss(fault) || _connection.FullState != System.Data.ConnectionState.Open)
            {
                _transaction.Forget();
                await FindOutAsync(pending, fault);
                return;
            }
            catch
            {
                _transaction.Forget();
                throw;
            }
        }
    }

    private void Complete(PendingTurn pending)
    {
        var turn = pending.Turn;
        lock (_books)
        {
            Progress = new Progress(
                Epoch,
                pending.Number,
                new Model.Position(Math.Max(Progress.Position.Value, pending.Position)),
                Model.Instant.Max(Progress.Clock, turn.Clock),
                turn.Digest.ToArray());
            _owed.Add(pending.Next);
            _ahead = pending.Next;
        }

        if (turn.Outbox.Count > 0) Outbox.Ring();
    }

    /// <summary>The turn is as if it had never been, but for its numbers; turns queued behind it fail too.</summary>
    private void Return(PendingTurn pending)
    {
        lock (_books)
        {
            _owed.Add(pending.Used);
            _owed.Add(pending.Fill);
            if (pending.Generation != _generation) return;
            _generation++;
            _nextTurn = Progress.Turn + 1;
        }
    }

    private async Task<Positions> DrawAsync(int count, CancellationToken cancellationToken)
    {
        if (_lost) throw new StoreUnavailableException("drawing positions: the connection to the store was lost", isTransient: true);
        await _drawing.WaitAsync(cancellationToken);
        var free = _lane.Wait(0, CancellationToken.None);
        try
        {
            var connection = free ? _connection : _side ??= await _host.Source.OpenConnectionAsync(cancellationToken);
            long[] ahead;
            lock (_books)
            {
                ahead = _ahead;
                _ahead = [];
            }

            var drawn = await DrawAsync(connection, count - ahead.Length);
            lock (_books)
            {
                _owed.Add(drawn);
            }

            return new Positions([.. ahead, .. drawn]);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            _lost = true;
            throw Faults.Translate(fault, "drawing positions");
        }
        finally
        {
            if (free) _lane.Release();
            _drawing.Release();
        }
    }

    private async Task<long[]> DrawAsync(NpgsqlConnection connection, int count)
    {
        var drawn = new long[count];
        var n = 0;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { _sql.Reserve(count) } };
        await using var rows = await batch.ExecuteReaderAsync();
        while (await rows.ReadAsync()) drawn[n++] = rows.GetInt64(0);
        return drawn;
    }
}
