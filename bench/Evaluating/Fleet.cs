using Qualm.Bench.Measuring;
using Qualm.Bench.Workloads;
using Qualm.Engine.Turns;
using Qualm.Ingest.Qmp;
using Qualm.Model;
using Qualm.Rules;

namespace Qualm.Bench.Evaluating;

/// <summary>A fleet at work: decodes a file over and over, folds it and judges it by a set of rules, as one history without end.</summary>
/// <param name="vms">Each sends once in ten seconds of event time; which one, is drawn for every event.</param>
internal sealed class Fleet(EventFile file, RuleSet rules, int vms)
{
    private const long PerVmMicros = 10 * Instant.Second;

    private readonly Timeline _timeline = new(QmpCatalogue.Instance, new RuleSession(rules));
    private readonly MemberSlot[] _slots = new MemberSlot[QmpCatalogue.Instance.MostSlots];
    private readonly string[] _names = [.. Enumerable.Range(0, vms).Select(i => $"vm-{i}")];
    private readonly CountingSink _sink = new();
    private readonly double _step = (double)PerVmMicros / vms;
    private Draw _draw = new(7);
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

    /// <summary>Once over the file.</summary>
    public void Run()
    {
        for (var rest = file.Bytes.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            EventDecoder.TryDecode(rest[..end], QmpCatalogue.Instance, _slots, out var decoded);
            Feed(decoded);
            rest = rest[(end + 1)..];
        }
    }

    private void Feed(in DecodedEvent decoded)
    {
        // The file's times serve one pass only; history goes on.
        var at = new Instant(EventFile.Start.Micros + (long)(_fed * _step));
        var vm = _timeline.Fleet.GetOrAddVm(_names[_draw.Below(vms)]);
        var data = Timeline.WithoutEmpty(decoded.Data);
        _timeline.Feed(
            new EventView
            {
                Schema = decoded.Schema,
                Name = decoded.Schema!.Name,
                Data = data,
                Slots = data.IsEmpty ? [] : decoded.Slots,
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
