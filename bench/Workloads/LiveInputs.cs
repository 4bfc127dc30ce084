using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Bench.Workloads;

/// <summary>Events as they leave the sequencer: of one fleet, one history without end.</summary>
/// <param name="vms">Streams; which one an event belongs to is drawn.</param>
internal sealed class LiveInputs(int vms)
{
    private const int Different = 10_000;
    private const long StepMicros = 1000;

    private readonly QmpEvent[] _events = Decode();
    private readonly EventOrigin[] _origins =
        [.. Enumerable.Range(0, vms).Select(i => new EventOrigin($"unix:/run/qemu/vm-{i}.sock", $"vm-{i}", "host-1", "b0b4c1f2", 1) { Live = true })];

    private Draw _draw = new(11);
    private long _made;

    /// <summary>Streams of the VMs.</summary>
    public IEnumerable<string> Streams => _origins.Select(o => StreamName.Vm(o.Vm));

    /// <summary>The next window, its stamps behind those of the one before.</summary>
    public StampedInput[] Window(int count)
    {
        var window = new StampedInput[count];
        for (var i = 0; i < count; i++)
        {
            var stamp = new Instant(EventFile.Start.Micros + (++_made * StepMicros));
            var received = new ReceivedEvent(_events[_made % Different], _origins[_draw.Below(vms)], EventIds.OfConnection("b0b4c1f2", 1, 1, _made), _made);
            window[i] = new StampedInput.Event(stamp, received, stamp, EventMarks.None, 1);
        }

        return window;
    }

    /// <summary>The next events as rows of the store.</summary>
    public AppendRow[] Rows(int count) =>
        [.. Window(count).Cast<StampedInput.Event>().Select(e => Engine.Turns.Rows.Of(e.Received, e.At, e.Stamp, e.Marks, 1, RowKind.Live))];

    private static QmpEvent[] Decode()
    {
        var file = EventFile.Generate(EventKind.Eight, Different);
        var lines = System.Text.Encoding.UTF8.GetString(file.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => ((QmpMessage.Event)QmpDecoder.Decode(System.Text.Encoding.UTF8.GetBytes(line), QmpCatalogue.Instance)).Value)];
    }
}
