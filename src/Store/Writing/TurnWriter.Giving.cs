namespace Qualm.Store.Writing;

public sealed partial class TurnWriter
{
    /// <summary>Draws the positions that a turn lacks before it is written. Whoever asks for positions after the turn was handed in waits behind it and gets higher ones.</summary>
    private async Task GiveAsync(PendingTurn pending)
    {
        await _drawing.WaitAsync();
        try
        {
            await GiveDrawnAsync(pending);
        }
        finally
        {
            _drawing.Release();
        }
    }

    private async Task GiveDrawnAsync(PendingTurn pending)
    {
        var drawn = await DrawNewAsync(pending.Turn.Lacking, CancellationToken.None);
        lock (_books) pending.Give(drawn);
    }

    /// <summary>Writes a small turn that nothing is before, and has it draw the positions that it lacks: that saves a round trip. Nobody else draws meanwhile.</summary>
    /// <returns>False when it lost a race inside the database and is to be tried again, with the positions that it now has.</returns>
    private async Task<bool> TryGiveAsync(PendingTurn pending, QueuePlace place)
    {
        Exception loss;
        await _drawing.WaitAsync();
        try
        {
            CheckStanding(pending);
            var lane = _lanes[place.Lane = 0]!;
            try
            {
                await _transaction.WriteSmallAsync(lane, Epoch, pending, StreamGroups.Of(pending.Turn.Rows), place);
                return true;
            }
            catch (Exception fault)
            {
                await TakeBackAsync(lane, place);
                if (!IsLoss(fault, lane))
                {
                    if (!Faults.IsFenced(fault)) await FillBurntAsync(pending);
                    if (!Faults.IsMoved(fault) && !Faults.IsContention(fault)) throw;
                    await GiveDrawnAsync(pending);
                    return false;
                }

                loss = fault;
            }
        }
        finally
        {
            _drawing.Release();
        }

        await FindOutAsync(pending, loss);
        return true;
    }

    /// <summary>What a failed turn drew by itself is known to nobody, and nobody else has drawn meanwhile.</summary>
    private async Task FillBurntAsync(PendingTurn pending)
    {
        try
        {
            await FillHolesAsync(CancellationToken.None);
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault) || fault is InvalidOperationException)
        {
            // Whoever connects again looks for holes.
            _lost = true;
            throw new StoreUnavailableException($"turn {pending.Number} was not written, and the numbers it drew could not be filled: {fault.Message}", isTransient: true, fault);
        }
    }
}
