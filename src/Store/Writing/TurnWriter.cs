using Npgsql;
using Qualm.Store.Outbox;

namespace Qualm.Store.Writing;

/// <summary>The only writer of turns to a store, as long as no other engine takes over. Holds a lock on the store and the epoch it began.</summary>
/// <remarks>
/// For each turn: reserve positions, add rows to a <see cref="Turn"/>, commit. Positions reserved before a commit and not used in it are filled
/// with tombstones by it. The next turn's positions may be reserved while a commit is under way, after the call of <see cref="CommitAsync"/>,
/// and the next turn may be given to <see cref="CommitAsync"/> before the one before it has ended: a large one is then copied to the server on a
/// second connection meanwhile, which nearly doubles what goes through. Two turns under way are enough for that; more only wait.
/// </remarks>
public sealed partial class TurnWriter : IAsyncDisposable
{
    /// <summary>How often a turn that lost a race inside the database is tried.</summary>
    private const int Attempts = 6;

    /// <summary>How many turns wait for the one before them after one that went ahead was in vain: where one race was lost, more are likely.</summary>
    private const int Shyness = 8;

    /// <summary>
    /// How long a turn that went ahead waits for the one before it. That one may wait for another application, and the application for rows of the
    /// turn that went ahead, which PostgreSQL cannot see as a deadlock. Its own patience with deadlocks is as long.
    /// </summary>
    private static readonly TimeSpan AheadPatience = TimeSpan.FromSeconds(1);

    private readonly StoreHost _host;
    private readonly TurnWriterOptions _options;
    private readonly TurnSql _sql;
    private readonly TurnTransaction _transaction;
    private readonly HoleFiller _holes;
    private readonly NumberDraw _draw;
    private readonly SemaphoreSlim _drawing = new(1, 1);
    private readonly Lock _books = new();
    private readonly OwedNumbers _owed = new();

    /// <summary>Turns whose end is not known yet. Their numbers are nobody's to fill.</summary>
    private readonly List<PendingTurn> _open = [];
    private readonly WriterLane?[] _lanes = new WriterLane?[2];
    private QueuePlace? _lastInQueue;
    private long[] _ahead = [];
    private PendingTurn? _unknown;
    private long _nextTurn;
    private int _generation;
    private int _shy;
    private volatile bool _lost;
    private int _disposed;

    private TurnWriter(StoreHost host, TurnWriterOptions options, NpgsqlConnection connection, Progress progress)
    {
        _host = host;
        _options = options;
        _lanes[0] = new WriterLane(host.Tables, connection);
        _sql = new TurnSql(host.Tables);
        _transaction = new TurnTransaction(_sql, options.CopyAbove);
        _holes = new HoleFiller(host.Tables, _sql, host.Time);
        _draw = new NumberDraw(host, progress.Epoch);
        Progress = progress;
        _nextTurn = progress.Turn + 1;
    }

    /// <summary>As of the last turn known to be committed, by this engine or the one before.</summary>
    public Progress Progress { get; private set; }

    public long Epoch => Progress.Epoch;

    /// <summary>Changes whenever a turn fails: what was decided on top of that one is then void. Read it when state is derived from the log, and give it to each <see cref="Turn"/>.</summary>
    public int Generation
    {
        get
        {
            lock (_books) return _generation;
        }
    }

    /// <summary>Rings after a commit that put something into the outbox.</summary>
    public OutboxSignal Outbox { get; } = new();

    /// <summary>Draws positions for the next turn.</summary>
    /// <param name="count">From 0.</param>
    /// <exception cref="StoreUnavailableException">The database is away; call <see cref="ResumeAsync"/>.</exception>
    /// <exception cref="FencedException">Another engine has taken over.</exception>
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

    /// <summary>Writes a turn in one transaction. Returning means committed. Calls are carried out in order, and one that fails takes those queued behind it along.</summary>
    /// <param name="cancellationToken">Looked at before anything is sent; a commit under way is not given up.</param>
    /// <exception cref="TurnRefusedException">The data is at fault. Nothing was written.</exception>
    /// <exception cref="FencedException">Another engine has taken over.</exception>
    /// <exception cref="StoreUnavailableException">See its outcome. After this call <see cref="ResumeAsync"/>.</exception>
    /// <exception cref="ArgumentException">A position is not one of those reserved.</exception>
    public async Task CommitAsync(Turn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (pending, place) = Enlist(turn);
        try
        {
            if (turn.Lacking == 0 || !(place.Before is null && FewRowsCommand.Fits(pending) && await TryGiveAsync(pending, place)))
            {
                if (turn.Lacking > 0) await GiveAsync(pending);
                await WriteAsync(pending, place);
            }

            Complete(pending);
        }
        catch (Exception fault)
        {
            // No turn ends before the one before it, even one that got no positions.
            await place.WaitForAllBeforeAsync();
            if (pending != _unknown) Return(pending);
            if (fault is StoreException) throw;
            throw Faults.Translate(fault, $"writing turn {pending.Number}");
        }
        finally
        {
            _transaction.Release(pending);
            place.Finish();
        }
    }

    /// <summary>Lets go of the store, after what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await StandInLine().WaitForAllBeforeAsync();
        await _drawing.WaitAsync();
        await CloseAsync();
        Outbox.Dispose();
    }

    private (PendingTurn Pending, QueuePlace Place) Enlist(Turn turn)
    {
        lock (_books)
        {
            var fill = _owed.TakeAllBut(turn.RowPositions);

            // Numbers drawn ahead and still here belong to this turn, whether it wanted them or not.
            _ahead = [];
            var pending = new PendingTurn(turn, _nextTurn++, turn.Generation ?? _generation, fill);
            _open.Add(pending);
            return (pending, _lastInQueue = new QueuePlace(_lastInQueue));
        }
    }

    private QueuePlace StandInLine()
    {
        lock (_books) return _lastInQueue = new QueuePlace(_lastInQueue);
    }

    private async Task WriteAsync(PendingTurn pending, QueuePlace place)
    {
        var groups = StreamGroups.Of(pending.Turn.Rows);
        if (place.Before is not null && _transaction.GoesAhead(pending.Turn) && await TryAheadAsync(pending, place, groups)) return;
        _transaction.Prepare(pending);
        await place.WaitForAllBeforeAsync();
        CheckStanding(pending);
        for (var attempt = 1; ; attempt++)
        {
            var lane = _lanes[place.Lane = 0]!;
            try
            {
                if (_transaction.IsLarge(pending.Turn)) await _transaction.WriteLargeAsync(lane, Epoch, pending, groups, place);
                else await _transaction.WriteSmallAsync(lane, Epoch, pending, groups, place);
                return;
            }
            catch (Exception fault)
            {
                await TakeBackAsync(lane, place);
                if (attempt < Attempts && (Faults.IsMoved(fault) || Faults.IsContention(fault))) continue;
                if (!IsLoss(fault, lane)) throw;
                await FindOutAsync(pending, fault);
                return;
            }
        }
    }

    /// <summary>Copies the turn while the one before it is being committed, and commits it after that one.</summary>
    /// <returns>False when that did not work out, whatever the reason: the turn is then written as if it had not been tried.</returns>
    private async Task<bool> TryAheadAsync(PendingTurn pending, QueuePlace place, StreamGroups groups)
    {
        if (place.Before is not { } before) return false;
        await before.Entered;
        if (_shy > 0)
        {
            _shy--;
            return false;
        }

        if (_lost || !before.TryLetAhead(place, groups.Names)) return false;
        place.Lane = 1 - before.Lane;
        WriterLane? lane = null;
        long[] versions;
        try
        {
            lane = await OpenLaneAsync(place.Lane);
            (versions, var created) = await _transaction.CopyAheadAsync(lane, pending, groups);
            if (!await place.WaitAheadAsync(AheadPatience, _host.Time) || pending.Generation != _generation || _lost)
            {
                await GiveUpAsync(lane, place);
                return false;
            }

            place.Enter(created);
        }
        catch (Exception fault) when (fault is StoreException || StoreQueries.IsFault(fault) || fault is InvalidOperationException)
        {
            await GiveUpAsync(lane, place);
            return false;
        }

        try
        {
            await _transaction.FinishAheadAsync(lane, Epoch, pending, groups, versions);
            return true;
        }
        catch (Exception fault)
        {
            _shy = Shyness;
            await TakeBackAsync(lane, place);
            if (Faults.IsMoved(fault) || Faults.IsContention(fault)) return false;
            if (!IsLoss(fault, lane)) throw;
            await FindOutAsync(pending, fault);
            return true;
        }
    }

    private async Task GiveUpAsync(WriterLane? lane, QueuePlace place)
    {
        _shy = Shyness;
        if (lane is not null) await lane.RollbackAsync();
        _transaction.Forget();
        place.ComeBack();
    }

    /// <summary>Undoes an attempt, and that of the turn which has gone ahead of it.</summary>
    private async Task TakeBackAsync(WriterLane lane, QueuePlace place)
    {
        await lane.RollbackAsync();
        await place.CallBackAsync();
        _transaction.Forget();
    }

    private void CheckStanding(PendingTurn pending)
    {
        if (pending.Generation != _generation || _lost)
            throw new StoreUnavailableException($"turn {pending.Number} was not written because the one before it failed", isTransient: true);
    }

    private static bool IsLoss(Exception fault, WriterLane lane) => Faults.IsConnectionLoss(fault) || !lane.IsOpen;

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
            _open.Remove(pending);
            _nextTurn = Math.Max(_nextTurn, pending.Number + 1);
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
            _open.Remove(pending);
            _owed.Add(pending.Used);
            _owed.Add(pending.Fill);
            if (_open.Count == 0) _nextTurn = Progress.Turn + 1;
            if (pending.Generation != _generation) return;
            _generation++;
            _nextTurn = Progress.Turn + 1;
        }
    }

    private async Task<Positions> DrawAsync(int count, CancellationToken cancellationToken)
    {
        await _drawing.WaitAsync(cancellationToken);
        try
        {
            long[] ahead;
            lock (_books)
            {
                ahead = _ahead;
                _ahead = [];
            }

            var drawn = await DrawNewAsync(count - ahead.Length, cancellationToken);
            lock (_books)
            {
                _owed.Add(drawn);
            }

            return new Positions(ahead.Length == 0 ? drawn : [.. ahead, .. drawn]);
        }
        finally
        {
            _drawing.Release();
        }
    }

    private async Task<long[]> DrawNewAsync(int count, CancellationToken cancellationToken)
    {
        if (_lost) throw new StoreUnavailableException("drawing positions: the connection to the store was lost", isTransient: true);
        try
        {
            return await _draw.DrawAsync(count, cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
        {
            _lost = true;
            throw fault is InvalidOperationException
                ? new StoreUnavailableException($"drawing positions: {fault.Message}", isTransient: true, fault)
                : Faults.Translate(fault, "drawing positions");
        }
    }
}
