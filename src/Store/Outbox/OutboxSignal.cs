namespace Qualm.Store.Outbox;

/// <summary>Rings when a committed turn has put something into the outbox. Rings that nobody has heard yet are one.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0, 1);

    /// <summary>Waits for a ring, or until <paramref name="longest"/> has passed.</summary>
    /// <returns>Whether it rang.</returns>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        try
        {
            await _bell.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Rings. Any thread.</summary>
    public void Ring()
    {
        try
        {
            if (_bell.CurrentCount == 0) _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two rang at once; one ring is enough.
        }
    }

    public void Dispose() => _bell.Dispose();
}
