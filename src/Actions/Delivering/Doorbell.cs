namespace Qualm.Actions;

/// <summary>Wakes one waiter. Rings while nobody waits are remembered as one.</summary>
internal sealed class Doorbell
{
    private volatile TaskCompletionSource _rung = New();

    public void Ring() => _rung.TrySetResult();

    /// <summary>Returns after a ring, or once <paramref name="atMost"/> has passed.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var rung = _rung;
        try
        {
            await rung.Task.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }

        // Replaced before the caller looks at what is due, so a later ring is not lost.
        _rung = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
