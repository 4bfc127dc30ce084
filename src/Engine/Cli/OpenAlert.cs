using System.Text.Json;
using Qualm.Store;
using Qualm.Store.Reading;

namespace Qualm.Engine.Cli;

/// <summary>An alert on record as its newest transitions tell.</summary>
/// <param name="Id">Of the alert, over all its episodes.</param>
/// <param name="State">Its newest transition.</param>
/// <param name="TakenBy">Who acknowledged the episode; null when nobody did.</param>
/// <param name="Transition">The newest transition, UTF-8 JSON.</param>
internal sealed record OpenAlert(string Id, string Name, string Episode, string State, string? TakenBy, byte[] Transition)
{
    private const string Stream = "alert/";

    /// <summary>Fewer letters of an id are too few to mean one.</summary>
    private const int LeastLetters = 4;

    /// <summary>Every alert that is open, by id.</summary>
    /// <param name="all">Resolved ones too.</param>
    public static async Task<IReadOnlyCollection<OpenAlert>> ReadAsync(StoreHost store, bool all, CancellationToken cancellationToken)
    {
        var alerts = new SortedDictionary<string, OpenAlert>(StringComparer.Ordinal);
        await foreach (var batch in new LogReader(store).ReadAsync(new LogQuery { Kinds = LogKinds.Decision }, cancellationToken))
        {
            foreach (ref readonly var row in batch.Rows)
            {
                if (!row.Stream.StartsWith(Stream, StringComparison.Ordinal)) continue;
                var id = row.Stream[Stream.Length..];
                if (row.Type == "alert_resolved" && !all) alerts.Remove(id);
                else alerts[id] = Read(id, row.Data, alerts.GetValueOrDefault(id));
            }
        }

        return alerts.Values;
    }

    /// <summary>Those that a name or the beginning of an id may mean.</summary>
    public static IReadOnlyList<OpenAlert> Find(IReadOnlyCollection<OpenAlert> alerts, string name)
    {
        var exact = alerts.Where(a => a.Episode == name || a.Id == name || a.Name == name).ToList();
        if (exact.Count > 0 || name.Length < LeastLetters) return exact;
        return [.. alerts.Where(a => a.Episode.StartsWith(name, StringComparison.OrdinalIgnoreCase) || a.Id.StartsWith(name, StringComparison.OrdinalIgnoreCase))];
    }

    private static OpenAlert Read(string id, ReadOnlyMemory<byte> data, OpenAlert? before)
    {
        using var json = JsonDocument.Parse(data);
        string Text(string member) => json.RootElement.GetProperty(member).GetString() ?? "";
        var (episode, state) = (Text("episode"), Text("transition"));
        var taken = state == "acknowledged" ? Text("by") : before?.Episode == episode && state != "resolved" ? before.TakenBy : null;
        return new OpenAlert(id, Text("alert"), episode, state, taken, data.ToArray());
    }
}
