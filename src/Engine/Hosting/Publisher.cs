using Microsoft.Extensions.Logging;
using Qualm.Engine.Turns;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Store;
using Qualm.Store.Documents;

namespace Qualm.Engine.Hosting;

/// <summary>
/// Publishes the read models behind ingest, at most once a second: the turn hands over copies of what changed, and they are
/// written while it goes on.
/// </summary>
/// <param name="activity">Filled by the pipeline.</param>
internal sealed class Publisher(DocumentStore documents, ActivityBoard activity, ILogger logger)
{
    /// <summary>Alias of the VMs' read models.</summary>
    public const string Vms = "vm";

    /// <summary>Alias of the hosts' read models.</summary>
    public const string Hosts = "host";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private Task _writing = Task.CompletedTask;
    private Instant _last = Instant.MinValue;

    // Set by a write that failed, taken back by the turn's thread, which alone may mark.
    private volatile IReadOnlyList<PublishedDocument>? _failed;

    /// <summary>Called between turns. Starts publishing when something changed and the last time is a second ago.</summary>
    /// <param name="open">The commit that what is on the timeline waits for; nothing is published before it has succeeded.</param>
    public void AfterTurn(Timeline timeline, Task open, CancellationToken cancellationToken)
    {
        if (!_writing.IsCompleted || timeline.Clock - _last < Every) return;
        TakeBack(timeline);
        if (timeline.Changes!.Count == 0 && !activity.HasNews) return;
        Start(timeline, open, cancellationToken);
    }

    /// <summary>Publishes what is left.</summary>
    public async Task FlushAsync(Timeline timeline, CancellationToken cancellationToken)
    {
        await _writing;
        if (timeline.Changes!.Count > 0) Start(timeline, Task.CompletedTask, cancellationToken);
        await _writing;
    }

    private void TakeBack(Timeline timeline)
    {
        if (_failed is not { } unpublished) return;
        _failed = null;
        foreach (var document in unpublished)
        {
            if (document.IsHost && timeline.Fleet.FindHost(document.Id) is { } host) timeline.Changes!.Mark(host);
            else if (!document.IsHost && timeline.Fleet.FindVm(document.Id) is { } vm) timeline.Changes!.Mark(vm);
        }
    }

    private void Start(Timeline timeline, Task open, CancellationToken cancellationToken)
    {
        _last = timeline.Clock;
        var taken = timeline.Changes!.Take();
        var checkpoint = new Checkpoint(timeline.Position, timeline.Clock);
        _writing = WriteAsync(taken, checkpoint, open, cancellationToken);
    }

    private async Task WriteAsync(IReadOnlyList<PublishedDocument> taken, Checkpoint checkpoint, Task open, CancellationToken cancellationToken)
    {
        // When the commit fails, the timeline is derived anew, and everything it knows is published then.
        await open.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!open.IsCompletedSuccessfully) return;
        try
        {
            // Hosts first: whoever sees the VMs at this checkpoint sees their hosts no older.
            await documents.UpsertAsync(Hosts, Rows(taken, hosts: true), checkpoint, cancellationToken);
            await documents.UpsertAsync(Vms, Rows(taken, hosts: false), checkpoint, cancellationToken);
            if (activity.Take() is { Count: > 0 } minutes) await documents.UpsertAsync(ActivityBoard.Alias, minutes, checkpoint, cancellationToken);
        }
        catch (StoreException e)
        {
            Log.PublishFailed(logger, e);
            _failed = taken;
        }
    }

    private static Document[] Rows(IReadOnlyList<PublishedDocument> taken, bool hosts) =>
        [.. taken.Where(d => d.IsHost == hosts).Select(d => new Document(d.Id, d.Json))];
}
