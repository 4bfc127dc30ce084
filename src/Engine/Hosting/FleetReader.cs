using System.Text.Json;
using Qualm.Engine.Configuration;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Rules;
using Qualm.Store;
using Qualm.Store.Documents;
using Qualm.Store.Reading;

namespace Qualm.Engine.Hosting;

/// <summary>Reads the picture of the fleet beside a running service or without one: what was published, and the tail of the log folded on top.</summary>
internal static class FleetReader
{
    /// <summary>Alias of the read models of what was imported.</summary>
    public const string ImportedVms = "imported_vm";

    /// <summary>Every VM once, with the picture of the timeline that knows the newer event of it; in ordinal order.</summary>
    public static async Task<IReadOnlyList<VmState>> ReadAsync(StoreHost store, CancellationToken cancellationToken)
    {
        var live = await ReadAsync(store, Publisher.Vms, LogKinds.Live | LogKinds.Engine, cancellationToken);
        var imported = await ReadAsync(store, ImportedVms, LogKinds.Import, cancellationToken);
        var vms = new SortedDictionary<string, VmState>(StringComparer.Ordinal);
        foreach (var vm in imported.Timeline.Fleet.Vms.Concat(live.Timeline.Fleet.Vms))
        {
            if (!vms.TryGetValue(vm.Id, out var other) || vm.LastAt >= other.LastAt) vms[vm.Id] = vm;
        }

        return [.. vms.Values];
    }

    /// <summary>The hosts of the live picture, in ordinal order.</summary>
    public static async Task<IReadOnlyList<HostState>> ReadHostsAsync(StoreHost store, CancellationToken cancellationToken) =>
        (await ReadAsync(store, Publisher.Vms, LogKinds.Live | LogKinds.Engine, cancellationToken)).Timeline.Fleet.Hosts;

    /// <summary>By VM: the newest minute that was counted and how many events it had.</summary>
    public static async Task<IReadOnlyDictionary<string, (string Minute, long Events)>> ReadActivityAsync(StoreHost store, CancellationToken cancellationToken)
    {
        var minutes = new Dictionary<string, (string, long)>(StringComparer.Ordinal);
        foreach (var document in (await new DocumentStore(store).ReadAsync(ActivityBoard.Alias, cancellationToken)).Documents)
        {
            using var json = JsonDocument.Parse(document.Json);
            minutes[document.Id] = (json.RootElement.GetProperty("minute").GetString()!, json.RootElement.GetProperty("events").GetInt64());
        }

        return minutes;
    }

    /// <summary>One timeline's fleet, as of the end of the log.</summary>
    /// <param name="changes">Told of what the tail changed.</param>
    /// <returns>A timeline without rules, and the position up to which it has folded.</returns>
    public static async Task<(Timeline Timeline, Checkpoint Checkpoint)> ReadAsync(
        StoreHost store, string alias, LogKinds kinds, CancellationToken cancellationToken, PublishedSet? changes = null)
    {
        var timeline = new Timeline(QmpCatalogue.Instance, new RuleSession(CompiledRules.None), changes);
        var (documents, checkpoint) = await new DocumentStore(store).ReadAsync(alias, cancellationToken);
        foreach (var document in documents) VmDocument.Read(document.Json, timeline.Fleet);
        var reader = new LogReader(store);
        var end = await reader.FindEndAsync(cancellationToken);
        var tail = new LogQuery { After = checkpoint.Position, UpTo = end, Kinds = kinds };
        var history = new History(timeline, Nobody.Instance, null);
        await foreach (var batch in reader.ReadAsync(tail, cancellationToken)) history.Feed(batch);
        return (timeline, new Checkpoint(end, timeline.Clock));
    }

    private sealed class Nobody : IDecisionSink
    {
        public static readonly Nobody Instance = new();

        public void Decide(AlertTransition transition)
        {
            // A session without rules decides nothing.
        }
    }
}
