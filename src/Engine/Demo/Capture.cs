using System.Text.Json;

namespace Qualm.Engine.Demo;

/// <summary>What a monitor of a real QEMU once received.</summary>
/// <param name="Greeting">Its first message.</param>
/// <param name="Events">In order of receipt; <c>Data</c> is the text of the member, null when absent.</param>
internal sealed record Capture(string Greeting, IReadOnlyList<(DateTimeOffset At, string Name, string? Data)> Events)
{
    /// <param name="mostEvents">Floods are cut after so many.</param>
    public static Capture Read(string path, int mostEvents)
    {
        var greeting = "";
        var events = new List<(DateTimeOffset, string, string?)>();
        foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            var message = json.RootElement;
            if (message.TryGetProperty("QMP", out _)) greeting = line;
            if (events.Count == mostEvents || !message.TryGetProperty("event", out var name)) continue;
            var time = message.GetProperty("timestamp");
            var at = DateTimeOffset.FromUnixTimeSeconds(time.GetProperty("seconds").GetInt64())
                .AddMicroseconds(time.GetProperty("microseconds").GetInt64());
            events.Add((at, name.GetString()!, message.TryGetProperty("data", out var data) ? data.GetRawText() : null));
        }

        return new Capture(greeting, events);
    }
}
