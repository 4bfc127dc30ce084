using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Bench.Evaluating;

/// <summary>A fleet at work: decodes a file over and over, folds it and judges it by a set of rules, as one history without end.</summary>
/// <param name="file">Its lines name their VM, one of <paramref name="vms"/>.</param>
/// <param name="vms">Each sends once in ten seconds of event time.</param>
internal sealed class Fleet(EventFile file, RuleSet rules, int vms)
{
    private const long PerVmMicros = 10 * Instant.Second;

    private readonly Timeline _timeline = new(QmpCatalogue.Instance, new RuleSession(rules));
    private readonly MemberSlot[][] _slots = [.. Enumerable.Range(0, Ahead.Batch).Select(_ => new MemberSlot[QmpCatalogue.Instance.MostSlots])];
    private readonly (int Start, int Length)[] _data = new (int, int)[Ahead.Batch];
    private readonly (int Start, int Length)[] _names = new (int, int)[Ahead.Batch];
    private readonly (EventSchema? Schema, VmState? Vm)[] _next = new (EventSchema?, VmState?)[Ahead.Batch];
    private readonly CountingSink _sink = new();
    private readonly double _step = (double)PerVmMicros / vms;
    private long _fed;

    /// <summary>Decisions an event, over everything fed so far.</summary>
    public double DecisionsPerEvent => (double)_sink.Count / _fed;

    /// <summary>Runs over the file until its tables have grown.</summary>
    public Fleet Warm(Scale scale)
    {
        var enough = (long)vms * scale.WarmPerVm;
        while (_fed < enough) Run();
        return this;
    }

    /// <summary>Once over the file, looking ahead as the turns of the engine do.</summary>
    public void Run()
    {
        for (var start = 0; start < file.Bytes.Length;)
        {
            var count = 0;
            for (; count < Ahead.Batch && start < file.Bytes.Length; count++) start += Decode(count, start);
            for (var i = 0; i < count; i++) _next[i].Vm = _timeline.Fleet.Approach(Name(i));
            for (var i = 0; i < count; i++) _timeline.LookAtDecoded(i, _next[i].Schema, _next[i].Vm, Data(i), Slots(i));
            _timeline.Approach(count);
            for (var i = 0; i < count; i++) Feed(i);
        }
    }

    // How long the line was.
    private int Decode(int place, int start)
    {
        var rest = file.Bytes.AsSpan(start);
        var end = rest.IndexOf((byte)'\n');
        EventDecoder.TryDecode(rest[..end], QmpCatalogue.Instance, _slots[place], out var decoded);
        var data = Timeline.WithoutEmpty(decoded.Data);
        if (!data.IsEmpty && !rest.Overlaps(data)) throw new InvalidOperationException("the data of a generated line is what the line says");
        rest.Overlaps(data, out var offset);
        _data[place] = data.IsEmpty ? default : (start + offset, data.Length);
        if (!rest.Overlaps(decoded.Vm, out offset)) throw new InvalidOperationException("a generated line names its VM");
        _names[place] = (start + offset, decoded.Vm.Length);
        _timeline.Fleet.Foresee(decoded.Vm);
        _next[place].Schema = decoded.Schema;
        return end + 1;
    }

    private ReadOnlySpan<byte> Data(int place) => file.Bytes.AsSpan(_data[place].Start, _data[place].Length);

    private ReadOnlySpan<MemberSlot> Slots(int place) => _data[place].Length == 0 ? [] : _slots[place].AsSpan(0, _next[place].Schema!.SlotCount);

    private ReadOnlySpan<byte> Name(int place) => file.Bytes.AsSpan(_names[place].Start, _names[place].Length);

    private void Feed(int place)
    {
        // The file's times serve one pass only; history goes on.
        var at = new Instant(EventFile.Start.Micros + (long)(_fed * _step));
        var vm = _next[place].Vm ?? _timeline.Fleet.GetOrAddVm(Name(place));
        var schema = _next[place].Schema!;
        _timeline.Feed(
            new EventView
            {
                Schema = schema,
                Name = schema.Name,
                Data = Data(place),
                Slots = Slots(place),
                At = at,
                Stamp = at,
                Position = new Position(++_fed),
                Weight = 1,
                Vm = vm,
                Host = vm.Host,
                Source = "",
            },
            _sink);
    }
}
