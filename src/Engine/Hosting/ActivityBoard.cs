using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Qualm.Ingest.Pipeline;
using Qualm.Model;
using Qualm.Store.Documents;

namespace Qualm.Engine.Hosting;

/// <summary>
/// How busy each VM was in its newest minute: what the pipeline's activity windows count. For people; no rule sees it.
/// Written by the pipeline, taken by the turn.
/// </summary>
internal sealed class ActivityBoard : IObserver<VmMinute>
{
    /// <summary>Alias of the read models: one a VM.</summary>
    public const string Alias = "activity";

    private readonly ConcurrentDictionary<string, (Instant Minute, long Count)> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _changed = new(StringComparer.Ordinal);

    public void OnNext(VmMinute value)
    {
        if (value.Vm == VmMinute.Others) return;
        // Several counts of one minute add up.
        _newest.AddOrUpdate(
            value.Vm,
            _ => (value.Minute, value.Count),
            (_, known) => known.Minute == value.Minute ? (known.Minute, known.Count + value.Count) : known.Minute < value.Minute ? (value.Minute, value.Count) : known);
        _changed[value.Vm] = 0;
    }

    public void OnCompleted()
    {
    }

    /// <summary>The pipeline itself has failed, which its windows tell the turn as well.</summary>
    public void OnError(Exception error)
    {
    }

    /// <summary>Whether a minute was counted since the last <see cref="Take"/>.</summary>
    public bool HasNews => !_changed.IsEmpty;

    /// <summary>Documents of the VMs counted since the last call.</summary>
    public IReadOnlyList<Document> Take()
    {
        var taken = new List<Document>();
        foreach (var vm in _changed.Keys)
        {
            if (_changed.TryRemove(vm, out _) && _newest.TryGetValue(vm, out var newest)) taken.Add(new Document(vm, Json(vm, newest.Minute, newest.Count)));
        }

        return taken;
    }

    private static byte[] Json(string vm, Instant minute, long count) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["vm"] = vm, ["minute"] = minute.ToString(), ["events"] = count }.ToJsonString());
}
