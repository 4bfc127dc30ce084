using Qualm.Model;

namespace Qualm.Ingest.Sources;

/// <summary>One file of foreign history, read item by item, each with its time. Looks ahead only where a time must be confirmed.</summary>
/// <param name="mostAhead">Items looked at before a time is decided without knowing what comes.</param>
internal sealed class HistoryFile(IAsyncEnumerable<SourceItem> items, int mostAhead, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SourceItem> _items = items.GetAsyncEnumerator(cancellationToken);
    private readonly Queue<SourceItem> _ahead = [];
    private HistoryClock _clock;
    private bool _started;

    public SourceItem Item { get; private set; } = null!;

    public HistoryTime Time { get; private set; }

    public async ValueTask<bool> MoveAsync()
    {
        if (!_started)
        {
            _started = true;
            _clock = new(await FirstTimeAsync());
        }

        if (!_ahead.TryDequeue(out var item))
        {
            if (!await _items.MoveNextAsync()) return false;
            item = _items.Current;
        }

        Item = item;
        if (item is SourceItem.Event e)
        {
            var time = e.Received.Event.EventTime;
            Time = _clock.NeedsNext(time) ? _clock.Read(time, await NextTimeAsync()) : _clock.Read(time);
        }
        else
        {
            Time = _clock.Now;
        }

        return true;
    }

    public ValueTask DisposeAsync() => _items.DisposeAsync();

    private async ValueTask<Instant?> FirstTimeAsync()
    {
        while (_ahead.Count < mostAhead && await _items.MoveNextAsync())
        {
            _ahead.Enqueue(_items.Current);
            if (_items.Current is SourceItem.Event { Received.Event.EventTime: { } time }) return time;
        }

        return null;
    }

    private async ValueTask<Instant?> NextTimeAsync()
    {
        foreach (var item in _ahead)
        {
            if (item is SourceItem.Event e) return e.Received.Event.EventTime;
        }

        while (_ahead.Count < mostAhead && await _items.MoveNextAsync())
        {
            _ahead.Enqueue(_items.Current);
            if (_items.Current is SourceItem.Event e) return e.Received.Event.EventTime;
        }

        return null;
    }
}
