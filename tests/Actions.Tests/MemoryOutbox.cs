using Qualm.Model;

namespace Qualm.Actions.Tests;

/// <summary>An outbox that outlives the worker, as a database would.</summary>
internal sealed class MemoryOutbox : IOutbox
{
    private readonly Lock _lock = new();
    private readonly List<Row> _rows = [];

    /// <summary>When set, asked before every write; what it throws is the store being away.</summary>
    public Func<string, Task>? BeforeWrite { get; set; }

    public void Add(OutboxDraft draft)
    {
        lock (_lock)
        {
            _rows.Add(new Row(new OutboxEntry(
                _rows.Count + 1, draft.Receiver, draft.AlertId, draft.Episode, draft.Transition, draft.DeliveryId, draft.Payload, draft.DecidedAt, 0)));
        }
    }

    public IReadOnlyList<(OutboxEntry Entry, string State, string Why)> Rows
    {
        get
        {
            lock (_lock) return [.. _rows.Select(r => (r.Entry, r.State, r.Why))];
        }
    }

    public bool AllSettled => Rows.All(r => r.State != "pending");

    public Task<IReadOnlyList<PendingQueue>> FindDueAsync(string receiver, Instant now, int max, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<PendingQueue>>(
            [
                .. _rows.Where(r => r.State == "pending" && r.Entry.Receiver == receiver)
                    .GroupBy(r => r.Entry.AlertId)
                    .Where(g => g.First().Until <= now)
                    .OrderBy(g => g.First().Until)
                    .Take(max)
                    .Select(g => new PendingQueue(receiver, g.Key, [.. g.Select(r => r.Entry)])),
            ]);
        }
    }

    public Task ReleaseAsync(string receiver, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (var row in _rows.Where(r => r.Entry.Receiver == receiver)) row.Until = Instant.MinValue;
        }

        return Task.CompletedTask;
    }

    public Task BeginAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken) =>
        ChangeAsync("begin", entries, r => r.Entry = r.Entry with { Attempts = r.Entry.Attempts + 1 });

    public Task CompleteAsync(IReadOnlyList<long> entries, Instant at, CancellationToken cancellationToken) =>
        ChangeAsync("complete", entries, r => r.State = "delivered");

    public Task PostponeAsync(IReadOnlyList<long> entries, Instant until, string why, CancellationToken cancellationToken) =>
        ChangeAsync("postpone", entries, r => (r.Until, r.Why) = (until, why));

    public Task BuryAsync(IReadOnlyList<long> entries, Instant at, string why, CancellationToken cancellationToken) =>
        ChangeAsync("bury", entries, r => (r.State, r.Why) = ("dead", why));

    private async Task ChangeAsync(string what, IReadOnlyList<long> entries, Action<Row> change)
    {
        if (BeforeWrite is { } before) await before(what);
        lock (_lock)
        {
            foreach (var id in entries) change(_rows[(int)id - 1]);
        }
    }

    private sealed class Row(OutboxEntry entry)
    {
        public OutboxEntry Entry { get; set; } = entry;

        public string State { get; set; } = "pending";

        public Instant Until { get; set; } = Instant.MinValue;

        public string Why { get; set; } = "";
    }
}
