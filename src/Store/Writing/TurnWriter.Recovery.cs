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
            await WriterLock.TakeAsync(connection, host.Tables, options.TakeoverPatience, host.Time, cancellationToken);
            var progress = await StoredProgress.BeginEpochAsync(connection, host.Tables, cancellationToken);
            var writer = new TurnWriter(host, options, connection, progress);
            await writer.FillHolesAsync(cancellationToken);
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
        await _lane.WaitAsync(cancellationToken);
        try
        {
            var turn = await ReconnectAsync(cancellationToken);
            if (_unknown is not { } pending) return TurnOutcome.NotCommitted;
            _unknown = null;
            if (turn >= pending.Number)
            {
                Complete(pending);
                return TurnOutcome.Committed;
            }

            Return(pending);
            return TurnOutcome.NotCommitted;
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or WriterBusyException)
        {
            throw Faults.Translate(fault is WriterBusyException ? new StoreUnavailableException(fault.Message, isTransient: true, fault) : fault, "connecting to the store again");
        }
        finally
        {
            _lane.Release();
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
                var turn = await ReconnectAsync(CancellationToken.None);
                _unknown = null;
                if (turn >= pending.Number) return;
                throw new StoreUnavailableException($"turn {pending.Number} was not written: {loss.Message}", isTransient: true, loss);
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or WriterBusyException)
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

    /// <summary>The lock comes free only when the old connection's last transaction has ended, one way or the other.</summary>
    /// <returns>Number of the last committed turn.</returns>
    private async Task<long> ReconnectAsync(CancellationToken cancellationToken)
    {
        var old = _backend;
        await _connection.DisposeAsync();
        await DropSideAsync();
        var fresh = await _host.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            var stored = await StoredProgress.ReadAsync(fresh, _host.Tables, cancellationToken);
            if (stored.Epoch == Epoch)
            {
                await WriterLock.TakeAsync(fresh, _host.Tables, _options.RecoveryPatience, _host.Time, cancellationToken, old);
                stored = await StoredProgress.ReadAsync(fresh, _host.Tables, cancellationToken);
            }

            if (stored.Epoch != Epoch) throw new FencedException($"epoch {Epoch} is over: another engine has taken over this store with epoch {stored.Epoch}");
            _connection = fresh;
            _backend = fresh.ProcessID;
            await FillHolesAsync(cancellationToken);
            _lost = false;
            return stored.Turn;
        }
        catch
        {
            await fresh.DisposeAsync();
            throw;
        }
    }

    private async Task DropSideAsync()
    {
        if (_side is null) return;
        await _side.DisposeAsync();
        _side = null;
    }

    private async Task FillHolesAsync(CancellationToken cancellationToken)
    {
        long[] keep;
        lock (_books)
        {
            keep = _unknown is { } pending ? [.. _owed.All, .. pending.Used, .. pending.Fill] : [.. _owed.All];
        }

        var after = await ImportRuns.StartOfDeadAsync(_connection, _host.Tables, Progress.Position.Value, cancellationToken);
        if (await _holes.FillAsync(_connection, after, keep, _options.ForeignPatience, cancellationToken) is not null)
            await ImportRuns.ForgetDeadAsync(_connection, _host.Tables, cancellationToken);
    }
}
