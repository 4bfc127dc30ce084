namespace Qualm.Ingest.Client;

/// <summary>
/// Notices when whoever reads a monitor has kept one item for a whole period, or has been found with one in hand many
/// periods on end without ever having taken all there was, and calls out.
/// </summary>
/// <param name="watch">Looks at it once a period.</param>
/// <param name="stalled">Told why, for people.</param>
internal sealed class StallGuard(StallWatch watch, Action<string> stalled) : IDisposable
{
    private readonly long _began = watch.Now;
    private uint _turn;
    private uint _seen;
    private bool _caughtUp;
    private int _behind;

    /// <summary>Called when an item is given away and again when the next one is asked for.</summary>
    public void Turn() => Volatile.Write(ref _turn, _turn + 1);

    /// <summary>Called when there is nothing to read for the moment.</summary>
    public void CaughtUp() => Volatile.Write(ref _caughtUp, true);

    public void Dispose() => watch.Remove(this);

    /// <summary>For the watch, once a period.</summary>
    public void Look(TimeSpan limit, TimeSpan behindLimit)
    {
        var turn = Volatile.Read(ref _turn);
        var given = (turn & 1) == 1;
        if (given && turn == _seen) Call($"nothing was taken for {limit.TotalSeconds} s; disconnected so that QEMU need not buffer");
        _seen = given ? turn : 0;

        // The first period may be cut short: the watch looks at all at one time.
        if (watch.Since(_began) >= limit) _behind = given && !Volatile.Read(ref _caughtUp) ? _behind + 1 : 0;
        Volatile.Write(ref _caughtUp, false);
        if (_behind * limit >= behindLimit) Call($"more came than could be taken for {behindLimit.TotalSeconds} s; disconnected so that QEMU need not buffer");
    }

    private void Call(string why)
    {
        watch.Count();
        stalled(why);
    }
}
