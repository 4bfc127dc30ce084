using System.Text.Json;
using Qualm.Actions;
using Qualm.Model;
using Qualm.Store.Outbox;

namespace Qualm.Engine.Hosting;

/// <summary>The store's outbox as the delivery worker wants it.</summary>
internal sealed class StoredOutbox(OutboxQueues queues) : IOutbox
{
    public async Task<IReadOnlyList<PendingQueue>> FindDueAsync(string receiver, Instant now, int max, CancellationToken cancellationToken)
    {
        var due = new List<PendingQueue>();
        foreach (var message in await queues.FindDueAsync(receiver, now, max, cancellationToken))
        {
            var entry = Entry(message);
            if (due.Count > 0 && due[^1].AlertId == entry.AlertId) due[^1] = due[^1] with { Entries = due[^1].Entries.Add(entry) };
            else due.Add(new PendingQueue(receiver, entry.AlertId, [entry]));
        }

        return due;
    }

    public Task ReleaseAsync(string receiver, CancellationToken cancellationToken) => queues.ReleaseAsync(receiver, cancellationToken);

    public Task BeginAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken) =>
        queues.BeginAsync(entries, cancellationToken);

    public Task CompleteAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken) =>
        queues.CompleteAsync(entries, at, cancellationToken);

    public Task PostponeAsync(IReadOnlyList<long> entries, Instant until, string why, CancellationToken cancellationToken) =>
        queues.PostponeAsync(entries, until, why, cancellationToken);

    public Task BuryAsync(IReadOnlyList<long> entries, Instant at, string why, CancellationToken cancellationToken) =>
        queues.BuryAsync(entries, at, why, cancellationToken);

    private static OutboxEntry Entry(OutboxMessage message)
    {
        using var payload = JsonDocument.Parse(message.Payload);
        return new OutboxEntry(
            message.Id, message.Receiver, message.AlertId, message.Episode, TransitionJson.ParseTransition(message.Transition),
            payload.RootElement.GetProperty("delivery_id").GetString()!, message.Payload, message.Created, message.Attempts);
    }
}
