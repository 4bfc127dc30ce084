using System.Text;
using System.Text.Json.Nodes;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Projections;
using Qualm.Store.Writing;

namespace Qualm.Engine.Hosting;

/// <summary>
/// What an engine records before it takes in anything: just after the last stamp, that the one before it stopped and every
/// monitor was lost with it; then that it has started itself.
/// </summary>
internal static class Boot
{
    private const string Source = "engine";

    /// <param name="progress">As found; its clock is the last stamp.</param>
    /// <param name="fleet">As derived from the log.</param>
    /// <param name="version">Of this program.</param>
    /// <param name="now">Wall clock.</param>
    /// <returns>In the order of their stamps, each behind the log's clock.</returns>
    public static IReadOnlyList<StampedInput> Inputs(Progress progress, Fleet fleet, string version, Instant now)
    {
        var stamp = progress.Clock;
        var inputs = new List<StampedInput>();
        var had = progress.Turn > 0;
        if (had)
        {
            Add("ENGINE_STOPPED", "", null, new JsonObject { ["reason"] = "an engine takes over", ["clock"] = progress.Clock.ToString() });
            foreach (var vm in fleet.Vms.Where(vm => vm.Monitor.Connected))
            {
                Add("MONITOR_LOST", vm.Id, vm.Host?.Id, new JsonObject { ["source"] = vm.Monitor.Source, ["reason"] = "the engine stopped" });
            }
        }

        stamp = had ? Instant.Max(stamp, now) : now;
        Add("ENGINE_STARTED", "", null, new JsonObject { ["version"] = version, ["epoch"] = progress.Epoch });
        return inputs;

        void Add(string name, string vm, string? host, JsonObject data)
        {
            stamp = new Instant(stamp.Micros + 1);
            inputs.Add(Event(name, new EventOrigin(Source, vm, host, Source, progress.Epoch), inputs.Count + 1, stamp, data));
        }
    }

    private static StampedInput.Event Event(string name, EventOrigin origin, long ordinal, Instant stamp, JsonObject data)
    {
        var bytes = Encoding.UTF8.GetBytes(data.ToJsonString());
        var message = new QmpEvent(name, QmpCatalogue.Instance.Find(name), stamp, bytes, default, Altered: false);
        var id = EventIds.OfText("boot", $"{origin.Epoch}/{ordinal}");
        return new StampedInput.Event(stamp, new ReceivedEvent(message, origin, id, ordinal), stamp, EventMarks.None, 1);
    }
}
