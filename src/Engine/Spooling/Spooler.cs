using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>Reads windows into the spool, from when a turn is stuck until all that was spooled is taken in. The only reader of the windows meanwhile.</summary>
internal sealed class Spooler(
    ChannelReader<IReadOnlyList<StampedInput>> windows, Spool spool, Gates gates, SpoolOptions options, SpoolMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Inputs that may go in while others are taken out, before only half as many may go in as are taken out: or it would never end.</summary>
    private const long Allowance = 16_384;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _leave = new();
    private readonly List<IReadOnlyList<StampedInput>> _left = [];
    private Task _run = Task.CompletedTask;
    private long _credit = Allowance;
    private long _pulse;
    private bool _complained;
    private volatile bool _draining;

    /// <summary>Whether what is in the spool is being taken in.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <param name="inFlight">Windows of the turns that may not be committed: they go first.</param>
    public void Start(IReadOnlyList<IReadOnlyList<StampedInput>> inFlight) => _run = Task.Run(() => RunAsync(inFlight));

    /// <summary>So many were taken in.</summary>
    public void Drained(int inputs)
    {
        Interlocked.Add(ref _credit, inputs / 2);
        Interlocked.Exchange(ref _pulse, time.GetTimestamp());
        gates.Regulate(spool.Bytes, spool.DiskHasRoom());
    }

    /// <summary>Stops reading windows.</summary>
    /// <returns>Windows that were read and could not be written.</returns>
    public async Task<IReadOnlyList<IReadOnlyList<StampedInput>>> LeaveAsync()
    {
        await _leave.CancelAsync();
        await _run;
        return _left;
    }

    public void Dispose() => _leave.Dispose();

    /// <summary>Waits until the windows have ended and all are written.</summary>
    /// <returns>False when that did not come to pass in time.</returns>
    public async Task<bool> EndAsync(CancellationToken patience)
    {
        await _run.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_run.IsCompleted) await LeaveAsync();
        return _left.Count == 0;
    }

    private async Task RunAsync(IReadOnlyList<IReadOnlyList<StampedInput>> inFlight)
    {
        try
        {
            foreach (var window in inFlight) await PutAsync(window);
            while (await windows.WaitToReadAsync(_leave.Token))
            {
                while (!_leave.IsCancellationRequested && windows.TryRead(out var window)) await PutAsync(window);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to leave.
        }
    }

    private async Task PutAsync(IReadOnlyList<StampedInput> window)
    {
        if (_left.Count > 0)
        {
            // Behind one that was not written nothing may be.
            _left.Add(window);
            return;
        }

        try
        {
            while (IsDraining && Interlocked.Read(ref _credit) < 0 && IsMoving()) await Task.Delay(Pause / 10, time, _leave.Token);
            while (!TryPut(window)) await Task.Delay(Pause, time, _leave.Token);
            if (IsDraining) Interlocked.Add(ref _credit, -window.Count);
        }
        catch (OperationCanceledException)
        {
            _left.Add(window);
        }
    }

    // A store that hangs again must not hold the sources up.
    private bool IsMoving() => time.GetElapsedTime(Interlocked.Read(ref _pulse)) < options.Patience;

    private bool TryPut(IReadOnlyList<StampedInput> window)
    {
        var room = spool.DiskHasRoom();
        gates.Regulate(spool.Bytes, room);
        if (!room || spool.Bytes >= options.Most) return false;
        try
        {
            spool.Append(window);
            metrics.Spooled(window.Count);
            gates.Regulate(spool.Bytes, room);
            _complained = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_complained) Log.SpoolUnwritable(logger, e.Message);
            _complained = true;
            gates.Regulate(spool.Bytes, room: false);
            return false;
        }
    }
}
