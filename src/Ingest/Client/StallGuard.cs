namespace Qualm.Ingest.Client;

/// <summary>
/// Notices when whoever reads a monitor has kept one item for a whole period, or has been found with one in hand many
/// periods on end without ever having taken all there was, and calls out.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly TimeSpan _behindLimit;
    private readonly Action<string> _stalled;
    private readonly ITimer _timer;
    private uint _turn;
    private uint _seen;
    private bool _caughtUp;
    private int _behind;

    /// <param name="limit">The period.</param>
    /// <param name="stalled">Told why, for people.</param>
    public StallGuard(TimeSpan limit, TimeSpan behindLimit, TimeProvider time, Action<string> stalled)
    {
        (_limit, _behindLimit, _stalled) = (limit, behindLimit, stalled);
        _timer = time.CreateTimer(_ => Look(), null, limit, limit);
    }

    /// <summary>Called when an item is given away and again when the next one is asked for.</summary>
    public void Turn() => Volatile.Write(ref _turn, _turn + 1);

    /// <summary>Called when there is nothing to read for the moment.</summary>
    public void CaughtUp() => Volatile.Write(ref _caughtUp, true);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var turn = Volatile.Read(ref _turn);
        var given = (turn & 1) == 1;
        if (given && turn == _seen) _stalled($"nothing was taken for {_limit.TotalSeconds} s; disconnected so that QEMU need not buffer");
        _seen = given ? turn : 0;
        _behind = given && !Volatile.Read(ref _caughtUp) ? _behind + 1 : 0;
        Volatile.Write(ref _caughtUp, false);
        if (_behind * _limit >= _behindLimit) _stalled($"more came than could be taken for {_behindLimit.TotalSeconds} s; disconnected so that QEMU need not buffer");
    }
}
