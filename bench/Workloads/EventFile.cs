using System.Globalization;
using System.Text;
using Qualm.Model;

namespace Qualm.Bench.Workloads;

/// <summary>Lines of events in the very form QEMU writes, in memory.</summary>
/// <param name="Bytes">Each line ends in a line feed.</param>
/// <param name="Count">Lines.</param>
internal sealed record EventFile(byte[] Bytes, int Count)
{
    /// <summary>First second of the generated histories.</summary>
    public const long FirstSecond = 1_790_000_000;

    public static readonly Instant Start = Instant.FromUnix(FirstSecond, 0);

    /// <summary>Bytes a line, without its end.</summary>
    public double LineLength => ((double)Bytes.Length / Count) - 1;

    /// <param name="kinds">Drawn from with equal chances.</param>
    /// <param name="vms">Lines name one of so many VMs; 0 for none, as on a monitor.</param>
    /// <param name="stepMicros">Between two events.</param>
    public static EventFile Generate(IReadOnlyList<EventKind> kinds, int count, int vms = 0, long stepMicros = 1000)
    {
        var draw = new Draw(42);
        var text = new StringBuilder(count * 170);
        for (var i = 0; i < count; i++)
        {
            var kind = kinds[draw.Below(kinds.Count)];
            var micros = i * stepMicros;
            text.Append(CultureInfo.InvariantCulture, $$"""{"timestamp": {"seconds": {{FirstSecond + (micros / Instant.Second)}}, "microseconds": {{micros % Instant.Second}}}, "event": "{{kind.Name}}" """);
            text.Length--;
            var data = kind.Data(ref draw);
            if (data.Length > 0) text.Append(", \"data\": ").Append(data);
            if (vms > 0) text.Append(CultureInfo.InvariantCulture, $", \"vm\": \"vm-{draw.Below(vms)}\"");
            text.Append("}\n");
        }

        return new EventFile(Encoding.UTF8.GetBytes(text.ToString()), count);
    }

    /// <summary>The events of real captures, over and over.</summary>
    /// <param name="folder">Of files of JSON Lines; what is no event is left out.</param>
    public static EventFile Captured(string folder, int count)
    {
        var lines = Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines).Where(line => line.Contains("\"event\": ", StringComparison.Ordinal)).ToArray();
        using var bytes = new MemoryStream();
        for (var i = 0; i < count; i++)
        {
            bytes.Write(Encoding.UTF8.GetBytes(lines[i % lines.Length]));
            bytes.WriteByte((byte)'\n');
        }

        return new EventFile(bytes.ToArray(), count);
    }
}
