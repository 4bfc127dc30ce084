using System.Threading.Channels;

namespace Qualm.Ingest.Client;

/// <summary>
/// Lets so many monitors at a time be connected and asked who they are, in the order in which they ask to be, so that
/// thousands that come at once neither wait for each other's answers till patience ends nor need memory all together. One
/// that takes its time, as a dead host does, is not counted for long. Thread-safe.
/// </summary>
internal sealed class DialPace
{
    private readonly Channel<bool> _free;
    private readonly TimeSpan _share;
    private readonly TimeProvider _time;

    /// <param name="atOnce">How many.</param>
    /// <param name="share">How long one is counted.</param>
    public DialPace(int atOnce, TimeSpan share, TimeProvider time)
    {
        (_free, _share, _time) = (Channel.CreateBounded<bool>(atOnce), share, time);
        for (var i = 0; i < atOnce; i++) _free.Writer.TryWrite(true);
    }

    /// <summary>Waits for a place.</summary>
    /// <returns>To be disposed when the monitor is connected, or is not to be.</returns>
    public async ValueTask<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        await _free.Reader.ReadAsync(cancellationToken);
        return new Place(_free.Writer, _share, _time);
    }

    private sealed class Place : IDisposable
    {
        private readonly ITimer _timer;
        private ChannelWriter<bool>? _free;

        public Place(ChannelWriter<bool> free, TimeSpan share, TimeProvider time)
        {
            _free = free;
            _timer = time.CreateTimer(_ => GiveBack(), null, share, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            GiveBack();
        }

        private void GiveBack() => Interlocked.Exchange(ref _free, null)?.TryWrite(true);
    }
}
