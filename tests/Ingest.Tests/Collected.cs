using System.Collections.Concurrent;
using System.Text;
using Qualm.Ingest.Sources;
using Qualm.Model;

namespace Qualm.Ingest.Tests;

/// <summary>Reads a source in the background and keeps what it yields.</summary>
internal sealed class Collected : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SourceItem> _items = [];

    public Collected(IEventSource source) => Reading = Task.Run(() => ReadAsync(source));

    public Task Reading { get; }

    public IReadOnlyList<SourceItem> Items => [.. _items];

    public IReadOnlyList<ReceivedEvent> Events => [.. _items.OfType<SourceItem.Event>().Select(e => e.Received)];

    public IReadOnlyList<Quarantined> Garbage => [.. _items.OfType<SourceItem.Garbage>().Select(g => g.Item)];

    public IReadOnlyList<string> Names => [.. Events.Select(e => e.Event.Name)];

    public string Data(int index) => Encoding.UTF8.GetString(Events[index].Event.Data.Span);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Reading.ContinueWith(_ => { }, TaskScheduler.Default).InTime();
        _stop.Dispose();
    }

    private async Task ReadAsync(IEventSource source)
    {
        await foreach (var item in source.ReadAsync(_stop.Token)) _items.Enqueue(item);
    }
}
