namespace Qualm.Ingest.Client;

/// <summary>Notices when whoever reads a monitor has kept one item for a whole period, and calls out, once.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly Action _stalled;
    private readonly ITimer _timer;
    private uint _turn;
    private uint _seen;

    public StallGuard(TimeSpan limit, TimeProvider time, Action stalled)
    {
        _stalled = stalled;
        _timer = time.CreateTimer(_ => Look(), null, limit, limit);
    }

    /// <summary>Called when an item is given away and again when the next one is asked for.</summary>
    public void Turn() => Volatile.Write(ref _turn, _turn + 1);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var turn = Volatile.Read(ref _turn);
        var given = (turn & 1) == 1;
        if (given && turn == _seen) _stalled();
        _seen = given ? turn : 0;
    }
}
