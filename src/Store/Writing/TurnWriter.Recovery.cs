using Npgsql;

namespace Qualm.Store.Writing;

public sealed partial class TurnWriter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Takes over the store: locks it, begins an epoch, fills the holes an earlier life left in the sequence.</summary>
    /// <exception cref="WriterBusyException">Another engine writes here and did not stop in time.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public static async Task<TurnWriter> AcquireAsync(StoreHost host, TurnWriterOptions options, CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await host.Source.OpenConnectionAsync(cancellationToken);
            await WriterLock.HaveClientWatchedAsync(connection, cancellationToken);
            await WriterLane.SetUpAsync(connection, cancellationToken);
            await WriterLock.TakeAsync(connection, WriterLock.Main, host.Tables, options.TakeoverPatience, host.Time, cancellationToken);
            await WriterLock.PassSecondAsync(connection, host.Tables, options.TakeoverPatience, host.Time, cancellationToken);
            var progress = await StoredProgress.BeginEpochAsync(connection, host.Tables, cancellationToken);
            var writer = new TurnWriter(host, options, connection, progress);
            await writer.FillHolesAsync(cancellationToken, isStart: true);
            return writer;
        }
        catch (Exception fault)
        {
            if (connection is not null) await connection.DisposeAsync();
            if (fault is StoreException or OperationCanceledException) throw;
            throw Faults.Translate(fault, "taking over the store");
        }
    }

    /// <summary>After <see cref="StoreUnavailableException"/>: connects again and says what became of the turn it was about.</summary>
    /// <returns><see cref="TurnOutcome.Committed"/> or <see cref="TurnOutcome.NotCommitted"/>; the latter too when no turn was open.</returns>
    /// <exception cref="FencedException">Another engine has taken over meanwhile.</exception>
    /// <exception cref="StoreUnavailableException">The database is still away; try again later.</exception>
    public async Task<TurnOutcome> ResumeAsync(CancellationToken cancellationToken)
    {
        var place = StandInLine();
        try
        {
            await place.WaitForAllBeforeAsync();
            var stored = await ReconnectAsync(cancellationToken);
            if (_unknown is not { } pending) return TurnOutcome.NotCommitted;
            _unknown = null;
            if (stored.Turn >= pending.Number)
            {
                pending.Reached = stored.Position.Value;
                Complete(pending);
                return TurnOutcome.Committed;
            }

            Return(pending);
            return TurnOutcome.NotCommitted;
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault) || fault is WriterBusyException)
        {
            throw Faults.Translate(fault is WriterBusyException ? new StoreUnavailableException(fault.Message, isTransient: true, fault) : fault, "connecting to the store again");
        }
        finally
        {
            place.Finish();
        }
    }

    /// <summary>Returns when the turn turns out to be committed; throws what is the case otherwise.</summary>
    private async Task FindOutAsync(PendingTurn pending, Exception loss)
    {
        _lost = true;
        _unknown = pending;
        var since = _host.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var stored = await ReconnectAsync(CancellationToken.None);
                _unknown = null;
                if (stored.Turn >= pending.Number)
                {
                    pending.Reached = stored.Position.Value;
                    return;
                }

                throw new StoreUnavailableException($"turn {pending.Number} was not written: {loss.Message}", isTransient: true, loss);
            }
            catch (Exception fault) when (StoreQueries.IsFault(fault) || fault is WriterBusyException)
            {
                if (_host.Time.GetElapsedTime(since) > _options.RecoveryPatience)
                    throw new StoreUnavailableException($"whether turn {pending.Number} was written is not known: {loss.Message}", isTransient: true, loss, TurnOutcome.Unknown);
            }
            catch (FencedException)
            {
                _unknown = null;
                throw;
            }

            await Task.Delay(Pause, _host.Time);
        }
    }

    /// <summary>The locks come free only when the old connections' last transactions have ended, one way or the other.</summary>
    /// <returns>As of the last committed turn.</returns>
    private async Task<Progress> ReconnectAsync(CancellationToken cancellationToken)
    {
        // Nobody draws numbers meanwhile: they would be taken for holes.
        await _drawing.WaitAsync(cancellationToken);
        try
        {
            var (first, second) = (_lanes[0]?.Backend, _lanes[1]?.Backend);
            await CloseAsync(keepPlaces: true);
            return await OpenAgainAsync(first, second, cancellationToken);
        }
        finally
        {
            _drawing.Release();
        }
    }

    private async Task<Progress> OpenAgainAsync(int? first, int? second, CancellationToken cancellationToken)
    {
        var fresh = await _host.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            await WriterLock.HaveClientWatchedAsync(fresh, cancellationToken);
            await WriterLane.SetUpAsync(fresh, cancellationToken);
            var stored = await StoredProgress.ReadAsync(fresh, _host.Tables, cancellationToken);
            if (stored.Epoch == Epoch)
            {
                await WriterLock.TakeAsync(fresh, WriterLock.Main, _host.Tables, _options.RecoveryPatience, _host.Time, cancellationToken, first);
                await WriterLock.PassSecondAsync(fresh, _host.Tables, _options.RecoveryPatience, _host.Time, cancellationToken, second);
                stored = await StoredProgress.ReadAsync(fresh, _host.Tables, cancellationToken);
            }

            if (stored.Epoch != Epoch) throw new FencedException($"epoch {Epoch} is over: another engine has taken over this store with epoch {stored.Epoch}");
            (_lanes[0], _lanes[1]) = (new WriterLane(_host.Tables, fresh), null);
            await FillHolesAsync(cancellationToken);
            _lost = false;
            return stored;
        }
        catch
        {
            await fresh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the second connection when it is first needed, and again after it broke.</summary>
    private async Task<WriterLane> OpenLaneAsync(int index)
    {
        if (_lanes[index] is { IsOpen: true } open) return open;
        if (index == 0) throw new StoreUnavailableException("the connection to the store was lost", isTransient: true);
        var old = _lanes[index]?.Backend;
        if (_lanes[index] is { } broken) await broken.DisposeAsync();
        var connection = await _host.Source.OpenConnectionAsync(CancellationToken.None);
        try
        {
            await WriterLock.HaveClientWatchedAsync(connection, CancellationToken.None);
            await WriterLane.SetUpAsync(connection, CancellationToken.None);
            await WriterLock.TakeAsync(connection, WriterLock.Second, _host.Tables, _options.RecoveryPatience, _host.Time, CancellationToken.None, old);
            return _lanes[index] = new WriterLane(_host.Tables, connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <param name="keepPlaces">Keeps the closed ones in mind, whose backends may still be at work.</param>
    private async Task CloseAsync(bool keepPlaces = false)
    {
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (_lanes[i] is { } lane) await lane.DisposeAsync();
            if (!keepPlaces) _lanes[i] = null;
        }

        await _draw.DisposeAsync();
    }

    /// <param name="isStart">Whether to look below what is committed too.</param>
    private async Task FillHolesAsync(CancellationToken cancellationToken, bool isStart = false)
    {
        long[] keep;
        lock (_books)
        {
            keep = [.. _owed.All, .. _open.SelectMany(pending => pending.Turn.RowPositions.Concat(pending.Fill))];
        }

        var connection = _lanes[0]!.Connection;
        var after = await ImportRuns.StartOfDeadAsync(connection, _host.Tables, Progress.Position.Value, cancellationToken);
        var last = await _holes.LastDrawnAsync(connection, cancellationToken);
        var filled = await _holes.FillAsync(connection, after, keep, _options.ForeignPatience, cancellationToken);
        if (isStart)
            await new SettledNumbers(_host.Tables, _holes, _host.Time).SettleAsync(connection, after, filled is null ? null : last, _options.ForeignPatience, cancellationToken);
        if (filled is not null) await ImportRuns.ForgetDeadAsync(connection, _host.Tables, cancellationToken);
    }
}
