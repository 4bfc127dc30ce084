using System.Globalization;
using System.Text;
using Qualm.Ingest.Qmp;
using Qualm.Ingest.Sources;
using Qualm.Model;
using Qualm.Rules.Testing;

namespace Qualm.Engine.Testing;

/// <summary>Makes the messages of a test's inputs and decodes them as the ingest does.</summary>
internal sealed class TestInputs
{
    private const string Source = "test";
    private const string Connected = "MONITOR_CONNECTED";
    private const string ConnectedData = """{"source":"test","epoch":1}""";

    private readonly RuleTestFile _file;
    private readonly ReceivedEvent?[] _made;
    private readonly long[] _occurrences;

    public TestInputs(RuleTestFile file, RuleTest test)
    {
        (_file, Test) = (file, test);
        _made = new ReceivedEvent?[test.Inputs.Length];
        _occurrences = new long[test.Inputs.Length];
        var seen = new Dictionary<(TimeSpan, string, string, string?), long>();
        for (var i = 0; i < _made.Length; i++)
        {
            var input = test.Inputs[i];
            var same = (input.Offset, input.Vm, input.Event, input.Data);
            _occurrences[i] = seen[same] = seen.GetValueOrDefault(same) + 1;
        }
    }

    public RuleTest Test { get; }

    /// <param name="index">Of the input, from 0.</param>
    /// <param name="status">Run state of its VM now, for a resynchronisation that finds it as it was; null when it is not known yet.</param>
    /// <exception cref="QmpProtocolException">The decoder refuses the data.</exception>
    public (ReceivedEvent Received, Instant At) Receive(int index, string? status)
    {
        var input = Test.Inputs[index];
        var at = _file.Start + input.Offset;
        var data = input.Data ?? Resynced(status is null or "unknown" ? "running" : status);
        if (_made[index] is { } known && input.Data is not null) return (known, at);

        // What is found at a resynchronisation may differ between two lives; the event is one and the same.
        var id = EventIds.OfImported(input.Vm, Encoding.UTF8.GetBytes(Message(input.Event, at, input.Data ?? "{}")), _occurrences[index]);
        var received = Receive(input.Event, at, data, input.Vm, HostOf(input.Vm), id, index + 1);
        _made[index] = received;
        return (received, at);
    }

    /// <summary>What a VM of the fleet is known to be before the first input; nothing when its status is not given.</summary>
    public static IEnumerable<StampedInput.Event> Standing(RuleTestVm vm, Instant start)
    {
        if (vm.Status is not { } status) yield break;
        yield return Before(vm.Id, vm.Host, start, Connected, ConnectedData);
        yield return Before(vm.Id, vm.Host, start, "STATE_RESYNCED", Resynced(status));
    }

    /// <summary>What is lost was there before: the monitors of VMs of which nothing else is given.</summary>
    public IEnumerable<StampedInput.Event> Monitored() =>
        from input in Test.Inputs
        where input.Event is Connected or "MONITOR_LOST"
        group input.Event by input.Vm into vm
        where vm.First() != Connected && _file.Fleet.All(v => v.Id != vm.Key || v.Status is null)
        select Before(vm.Key, HostOf(vm.Key), _file.Start, Connected, ConnectedData);

    private static StampedInput.Event Before(string vm, string? host, Instant start, string name, string data) =>
        new(start, Receive(name, start, data, vm, host, EventIds.OfText("test", $"{name} {vm}"), 0), start, EventMarks.None, 1);

    private static ReceivedEvent Receive(string name, Instant at, string data, string vm, string? host, Guid id, long ordinal)
    {
        var message = (QmpMessage.Event)QmpDecoder.Decode(Encoding.UTF8.GetBytes(Message(name, at, data)), QmpCatalogue.Instance);
        return new ReceivedEvent(message.Value, new EventOrigin(Source, vm, host, Source, 1), id, ordinal);
    }

    private static string Message(string name, Instant at, string data)
    {
        var seconds = Math.DivRem(at.Micros, Instant.Second, out var micros);
        var tail = data.Length == 0 ? "" : $",\"data\":{data}";
        return string.Create(CultureInfo.InvariantCulture, $"{{\"timestamp\":{{\"seconds\":{seconds},\"microseconds\":{micros}}},\"event\":\"{name}\"{tail}}}");
    }

    private static string Resynced(string status) =>
        $$"""{"status":"{{System.Text.Json.JsonEncodedText.Encode(status)}}","running":{{(status == "running" ? "true" : "false")}}}""";

    private string? HostOf(string vm) => _file.Fleet.FirstOrDefault(v => v.Id == vm)?.Host;
}
