using System.Text;
using System.Text.Json.Nodes;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Projections;

namespace Qualm.Engine.Spooling;

/// <summary>What is recorded where a part of the spool is lost: its bytes in quarantine, and the loss of every monitor that was connected.</summary>
internal static class SpoolGap
{
    private const int MostBytes = 64 * 1024;
    private const string Source = "spool";

    /// <summary>The unsound bytes, as far as quarantine keeps them.</summary>
    public static StampedInput.Garbage Quarantine(SpoolDamage damage, string kept, Instant stamp)
    {
        var bytes = damage.Rest[..Math.Min(damage.Rest.Length, MostBytes)];
        var reason = $"a segment of the spool is damaged at byte {damage.Offset}: {damage.Why}; the whole file is kept as {kept}";
        return new StampedInput.Garbage(stamp, new Quarantined(Source, 0, 0, reason, bytes, EventIds.OfGarbage(Path.GetFileName(kept), damage.Offset, 0, bytes.Span)));
    }

    /// <summary>The loss of all monitors.</summary>
    /// <param name="fleet">As of the damage.</param>
    /// <param name="kept">Where the damaged segment lies.</param>
    /// <param name="after">Stamps follow this one, a microsecond each.</param>
    public static IReadOnlyList<StampedInput> Losses(Fleet fleet, string kept, long epoch, Instant after)
    {
        var inputs = new List<StampedInput>();
        foreach (var vm in fleet.Vms.Where(vm => vm.Monitor.Connected))
        {
            var stamp = new Instant(after.Micros + inputs.Count + 1);
            var data = new JsonObject { ["source"] = vm.Monitor.Source, ["reason"] = "a part of the spool is damaged: events are missing" };
            var message = new QmpEvent("MONITOR_LOST", QmpCatalogue.Instance.Find("MONITOR_LOST"), stamp, Encoding.UTF8.GetBytes(data.ToJsonString()), default, Altered: false);
            var id = EventIds.OfText("spool", $"{Path.GetFileName(kept)}/{inputs.Count + 1}");
            var origin = new EventOrigin(Source, vm.Id, vm.Host?.Id, Source, epoch);
            inputs.Add(new StampedInput.Event(stamp, new ReceivedEvent(message, origin, id, inputs.Count + 1), stamp, EventMarks.None, 1));
        }

        return inputs;
    }
}
